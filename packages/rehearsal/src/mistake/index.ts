/** Where something stands in a file. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Mistake extends Place {
  /** What is wrong and what to write instead. */
  readonly message: string;
}

/** A mistake in a file or a flag of the person who rehearses. All that were found are told at once. */
export class Mistakes extends Error {
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(tell).join('\n'));
    this.name = 'Mistakes';
    this.mistakes = mistakes;
  }
}

/** In the order of a reader: file after file as they were met, each from its top. */
export function inOrder(mistakes: readonly Mistake[]): Mistake[] {
  const files = [...new Set(mistakes.map((mistake) => mistake.file))];
  const rank = (mistake: Mistake) => [files.indexOf(mistake.file), mistake.line ?? 0, mistake.column ?? 0];
  return mistakes.toSorted((left, right) => {
    const [one, other] = [rank(left), rank(right)];
    return one.map((value, index) => value - (other[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
  });
}

/** `file:line:column: message`, the form that editors and terminals make a link of. */
export function tell(mistake: Mistake): string {
  const place = [mistake.file, mistake.line, mistake.column].filter(
    (part) => part !== undefined && part !== '',
  );
  return place.length > 0 ? `${place.join(':')}: ${mistake.message}` : mistake.message;
}

/** The nearest of the known words, when it is near enough to be what was meant. */
export function meant(word: string, known: Iterable<string>): string | undefined {
  let best: { word: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (!best || distance < best.distance) best = { word: candidate, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(word.length / 3)) ? best.word : undefined;
}

/** `: did you mean x?` or nothing. */
export function suggestion(word: string, known: Iterable<string>): string {
  const near = meant(word, known);
  return near ? ` Did you mean ${near}?` : '';
}

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
