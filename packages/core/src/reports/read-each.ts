import { oneLine } from '../foreign-text/index.ts';
import type { Finding } from '../gate/index.ts';
import { type PatternFiles, type ReportFile, type ReportFiles, Unreadable } from './report-file.ts';

/** Files that one gate reads at most: more is a pattern that names too much. */
const mostFiles = 1_000;

/** A file that could be read, with what it says. */
export interface ReadFile<F> {
  readonly path: string;
  readonly facts: F;
}

export interface ReadFiles<F> {
  /** By their paths, or as `order` has them. */
  readonly read: readonly ReadFile<F>[];
  /** What a pattern misses, and what could not be read: each fails the gate. */
  readonly findings: readonly Finding[];
}

/** How one input's files are found and read. */
export interface FilesToRead<F> {
  /** The input that holds the patterns. */
  readonly input: string;
  readonly patterns: readonly string[];
  /** @throws Unreadable */
  readonly read: (file: ReportFile) => Promise<F>;
  readonly order?: (a: string, b: string) => number;
  /** What to do about a file that cannot be read; to write it anew when it is not given. */
  readonly mend?: string;
}

/** Reads each file that the patterns name, once and one after the other. */
export async function readEach<F>(
  { input, patterns, read, order, mend = 'Write it anew' }: FilesToRead<F>,
  files: ReportFiles,
): Promise<ReadFiles<F>> {
  const found = patterns.length > 0 ? await files.find(patterns) : [];
  const paths = [...new Set(found.flatMap((each) => each.paths))].sort(order);
  const findings = found.filter((each) => each.paths.length === 0).map(missing);
  if (paths.length > mostFiles) return { read: [], findings: [...findings, tooMany(paths.length, input)] };
  const whole: ReadFile<F>[] = [];
  for (const path of paths) {
    try {
      whole.push({ path, facts: await read(await files.open(path)) });
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      findings.push(unreadable(path, error, input, mend));
    }
  }
  return { read: whole, findings };
}

function missing({ pattern }: PatternFiles): Finding {
  return {
    check: 'report',
    outcome: 'fail',
    subject: oneLine(pattern),
    seen: 'no file',
    limit: 'at least one',
    message: `No file matches ${oneLine(pattern)}.`,
    remedy:
      'Did the step that writes it run, and was its artifact downloaded to that path? Patterns begin at the checkout.',
  };
}

function tooMany(count: number, input: string): Finding {
  return {
    check: 'report',
    outcome: 'fail',
    seen: `${count} files`,
    limit: `at most ${mostFiles}`,
    message: `${count} files match \`${input}\`; at most ${mostFiles} are read.`,
    remedy: 'Name the files more closely.',
  };
}

function unreadable(path: string, { message }: Unreadable, input: string, mend: string): Finding {
  return {
    check: 'report',
    outcome: 'fail',
    subject: oneLine(path),
    seen: 'unreadable',
    limit: 'a whole report',
    message: `${oneLine(path)} ${message}`,
    remedy: `${mend}, or take it out of \`${input}\` with a pattern that begins with \`!\`.`,
  };
}
