import type { Ratio } from './facts.ts';

interface Line {
  hit: boolean;
  branches: number;
  taken: number;
}

/** Lines by file and number: a line that several parts of a report name is covered when one of them says so. */
export function lineTally() {
  const files = new Map<string, Map<number, Line>>();
  return {
    line(file: string, number: number, hit: boolean, taken = 0, branches = 0): void {
      let lines = files.get(file);
      if (!lines) {
        lines = new Map();
        files.set(file, lines);
      }
      const known = lines.get(number);
      if (!known) lines.set(number, { hit, branches, taken });
      else {
        known.hit ||= hit;
        known.branches = Math.max(known.branches, branches);
        known.taken = Math.max(known.taken, taken);
      }
    },
    files: (): Map<string, Ratio> =>
      new Map([...files].map(([file, lines]) => [file, ratio(lines.values(), (line) => line.hit)])),
    /** Undefined when no line has branches. */
    branches(): Ratio | undefined {
      let [covered, total] = [0, 0];
      for (const lines of files.values())
        for (const line of lines.values()) {
          covered += Math.min(line.taken, line.branches);
          total += line.branches;
        }
      return total > 0 ? { covered, total } : undefined;
    },
  };
}

/** How many of them are covered. */
export function ratio<T>(items: Iterable<T>, covered: (item: T) => boolean): Ratio {
  let [hit, total] = [0, 0];
  for (const item of items) {
    total += 1;
    if (covered(item)) hit += 1;
  }
  return { covered: hit, total };
}

export function sum(ratios: Iterable<Ratio>): Ratio {
  let [covered, total] = [0, 0];
  for (const part of ratios) {
    covered += part.covered;
    total += part.total;
  }
  return { covered, total };
}
