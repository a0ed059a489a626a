import { Unreadable } from '../reports/index.ts';
import { lineTally, ratio, sum } from './covered.ts';
import type { CoverageFacts, Ratio } from './facts.ts';

/** Tracefile records that say nothing to this gate: names, checksums, where functions begin, versions. */
const silent = /^(TN|FN|FNL|VER|MCDC|MCF|MCH|FNF|FNH|BRF|BRH|LF|LH):|^#/;

/**
 * Reads an lcov tracefile line by line. Records of one file are joined, as in tracefiles that were written one after the
 * other. @throws Unreadable where a line is none of lcov's, or the last record has no end
 */
export async function readLcov(lines: AsyncIterable<string>): Promise<CoverageFacts> {
  const tally = lineTally();
  const branches = new Map<string, boolean>();
  const functions = new Map<string, boolean>();
  let file: string | undefined;
  let number = 0;

  const takeIn = (line: string) => {
    const fail = (why: string) => new Unreadable(`is lcov until line ${number}, which ${why}.`);
    if (line.startsWith('SF:')) {
      if (file !== undefined) throw fail('begins a file before the one above has ended');
      file = line.slice(3);
      return;
    }
    if (line === 'end_of_record') {
      file = undefined;
      return;
    }
    if (line === '' || silent.test(line)) return;
    const [, kind, rest] = /^(DA|BRDA|FNDA|FNA):(.+)$/.exec(line) ?? [];
    if (kind === undefined || rest === undefined) throw fail('is none of its records');
    if (file === undefined) throw fail('belongs to no file');
    const parts = rest.split(',');
    if (kind === 'DA') {
      const [at, hits] = [Number(parts[0]), Number(parts[1])];
      if (!Number.isInteger(at) || Number.isNaN(hits)) throw fail('counts no line');
      tally.line(file, at, hits > 0);
    } else if (kind === 'BRDA') {
      const taken = parts.at(-1);
      if (parts.length < 4) throw fail('counts no branch');
      mark(branches, `${file}\n${parts.slice(0, -1).join(',')}`, taken !== '-' && Number(taken) > 0);
    } else {
      const [hits, name] = kind === 'FNDA' ? [parts[0], parts.slice(1).join(',')] : [parts[1], parts[0]];
      if (Number.isNaN(Number(hits))) throw fail('counts no function');
      mark(functions, `${file}\n${name}`, Number(hits) > 0);
    }
  };

  for await (const line of lines) {
    number += 1;
    takeIn(line);
  }
  if (file !== undefined) throw new Unreadable('breaks off: its last file has no `end_of_record`.');
  const files = tally.files();
  return {
    kind: 'coverage',
    format: 'lcov',
    files,
    measures: {
      lines: sum(files.values()),
      ...(branches.size > 0 ? { branches: marked(branches) } : {}),
      ...(functions.size > 0 ? { functions: marked(functions) } : {}),
    },
  };
}

function mark(marks: Map<string, boolean>, key: string, hit: boolean): void {
  marks.set(key, hit || marks.get(key) === true);
}

function marked(marks: ReadonlyMap<string, boolean>): Ratio {
  return ratio(marks.values(), (hit) => hit);
}
