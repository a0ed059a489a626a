const HIDDEN = '***';
/** What is shorter may be a piece of any other word. */
const SHORTEST_BASE64 = 6;

/** The values that no log line, output or result of a run may show. */
export interface Masks {
  add(value: string): void;
  hide(text: string): string;
  /** Whether the text holds a masked value; GitHub drops an output that does. */
  holdsSecret(text: string): boolean;
}

export function createMasks(): Masks {
  const values = new Set<string>();
  return {
    add(value) {
      const parts = [value, ...value.split(/\r?\n/)].map((part) => part.trim());
      for (const part of parts.filter(({ length }) => length > 1)) {
        for (const form of [part, ...encoded(part)]) values.add(form);
      }
    },
    hide: (text) => cover(text, values),
    holdsSecret: (text) => [...values].some((value) => text.includes(value)),
  };
}

/** As the runner knows a secret again: in JSON, in a URL, and in the middle of a longer text in Base64. */
function encoded(value: string): string[] {
  const bytes = Buffer.from(value);
  // Base64 takes three bytes at a time, so a text looks otherwise after one or two bytes of another. What shares its last
  // or first character with a neighbour is not the text's own.
  const base64 = [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return whole.slice(before === 0 ? 0 : before + 1, (before + bytes.length) % 3 === 0 ? undefined : -1);
  });
  return [
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(bytes.toString()),
    ...base64.filter(({ length }) => length >= SHORTEST_BASE64),
  ];
}

/** Every place that a value takes, also where two lie over each other. */
function cover(text: string, values: ReadonlySet<string>): string {
  const places: { from: number; to: number }[] = [];
  for (const value of values) {
    for (let from = text.indexOf(value); from >= 0; from = text.indexOf(value, from + 1)) {
      places.push({ from, to: from + value.length });
    }
  }
  let covered = '';
  let at = 0;
  for (const { from, to } of places.sort((left, right) => left.from - right.from)) {
    if (from >= at) covered += text.slice(at, from) + HIDDEN;
    at = Math.max(at, to);
  }
  return covered + text.slice(at);
}
