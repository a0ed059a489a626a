import { clock } from '../../moment/index.ts';
import type { LogLine } from '../../result/index.ts';
import { cutMiddle, escapeText, type Html, html, trusted } from '../markup/index.ts';
import { brief } from './words.ts';

const LONGEST_LINE = 4000;
/** Colours and cursor movements of terminals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what begins them
const TERMINAL = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[@-Z\\-_])/g;

/** A log made ready: its lines as they will stand in the page, and their sizes in bytes. */
export interface Log {
  readonly lines: readonly string[];
  readonly sizes: readonly number[];
  readonly size: number;
}

export function readyLog(log: readonly LogLine[]): Log {
  const lines = log.map(lineOf);
  const sizes = lines.map((line) => Buffer.byteLength(line) + 1);
  return { lines, sizes, size: sizes.reduce((sum, size) => sum + size, 0) };
}

/** The log in at most so many bytes, what does not fit cut out of its middle. */
export function logMarkup({ lines, sizes }: Log, limit: number): Html {
  const { head, omitted, tail } = cutMiddle(sizes, limit);
  const cut =
    omitted > 0 &&
    html`<b class="cut">… ${omitted} of ${lines.length} lines left out here; --json writes them all …</b>\n`;
  const piece = (from: number, to: number) =>
    trusted(
      lines
        .slice(from, to)
        .map((line) => `${line}\n`)
        .join(''),
    );
  return html`<pre class="log" tabindex="0">${piece(0, head)}${cut}${piece(lines.length - tail, lines.length)}</pre>`;
}

function lineOf({ at, text }: LogLine): string {
  const plain = brief(text.replace(TERMINAL, ''), LONGEST_LINE);
  const kind = /^Error: /.test(plain)
    ? 'bad'
    : /^Warning: /.test(plain)
      ? 'held'
      : plain.startsWith('▸ ')
        ? 'group'
        : '';
  const words = escapeText(plain);
  return `<i>${clock(at)}</i> ${kind ? `<b class="${kind}">${words}</b>` : words}`;
}
