const HIDDEN = '***';

/** The values that no log line, output or result of a run may show. */
export interface Masks {
  add(value: string): void;
  hide(text: string): string;
  /** Whether the text holds a masked value; GitHub drops an output that does. */
  holdsSecret(text: string): boolean;
}

export function createMasks(): Masks {
  // The longest first, so that a secret that begins with another one is hidden whole.
  let values: string[] = [];
  return {
    add(value) {
      for (const part of [value, ...value.split(/\r?\n/)]) {
        const trimmed = part.trim();
        if (trimmed.length < 2 || values.includes(trimmed)) continue;
        values = [...values, trimmed, JSON.stringify(trimmed).slice(1, -1)]
          .filter((one, index, all) => all.indexOf(one) === index)
          .sort((left, right) => right.length - left.length);
      }
    },
    hide: (text) => values.reduce((hidden, value) => hidden.replaceAll(value, HIDDEN), text),
    holdsSecret: (text) => values.some((value) => text.includes(value)),
  };
}
