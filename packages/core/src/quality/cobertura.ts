import { type ElementReader, Unreadable } from '../reports/index.ts';
import { lineTally, ratio, sum } from './covered.ts';
import type { CoverageFacts } from './facts.ts';

/**
 * Reads Cobertura XML. The lines of each class are counted anew rather than taking the file's `line-rate` for true; the lines under
 * a method are the same once more and tell whether the method was entered. Its root is Clover's too, which has no `line-rate`.
 */
export function coberturaReader(): ElementReader & { facts(): CoverageFacts } {
  const tally = lineTally();
  const path: string[] = [];
  const methods: boolean[] = [];
  let file = '';
  let entered: boolean | undefined;

  return {
    open(name, attributes) {
      if (path.length === 0 && attributes['line-rate'] === undefined)
        throw new Unreadable('has no `line-rate`, so it is not Cobertura; Clover and others are not read.');
      const parent = path.at(-2);
      path.push(name);
      if (name === 'class') file = attributes.filename ?? attributes.name ?? '';
      else if (name === 'method') entered = false;
      else if (name === 'line' && parent === 'method') entered ||= hits(attributes) > 0;
      else if (name === 'line' && parent === 'class') {
        const [, taken = '0', branches = '0'] =
          /\((\d+)\/(\d+)\)/.exec(attributes['condition-coverage'] ?? '') ?? [];
        tally.line(file, numbered(attributes), hits(attributes) > 0, Number(taken), Number(branches));
      }
    },
    text: () => {},
    close(name) {
      path.pop();
      if (name === 'method' && entered !== undefined) methods.push(entered);
    },
    facts() {
      const files = tally.files();
      const branches = tally.branches();
      return {
        kind: 'coverage',
        format: 'Cobertura',
        files,
        measures: {
          lines: sum(files.values()),
          ...(branches ? { branches } : {}),
          ...(methods.length > 0 ? { functions: ratio(methods, (method) => method) } : {}),
        },
      };
    },
  };
}

function hits(attributes: Readonly<Record<string, string>>): number {
  const value = Number(attributes.hits ?? Number.NaN);
  if (Number.isNaN(value)) throw new Unreadable('has a line without a number of `hits`.');
  return value;
}

function numbered({ number = '' }: Readonly<Record<string, string>>): number {
  if (!/^\d+$/.test(number)) throw new Unreadable('has a line without its `number`.');
  return Number(number);
}
