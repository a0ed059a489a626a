import { existsSync, readFileSync } from 'node:fs';

export const pageFile = 'docs/gates.md';

/** One thing that a gate refused on its bundle, with what it said. */
export interface Refusal {
  /** What was refused, as the page names it: "a window that is closed". */
  readonly what: string;
  /** The gate's decision; `error` where it could not look, and says why instead. */
  readonly decision: string;
  /** Every message that stopped it, each with what to do about it. */
  readonly messages: readonly { readonly message: string; readonly remedy: string }[];
}

/** The rows of one gate, as they stand in the page. */
export function refusalRows(refusals: readonly Refusal[]): readonly string[] {
  return refusals.map(({ what, decision, messages }) => {
    const column = (texts: readonly string[]) => texts.map(cell).filter(Boolean).join('<br>');
    const said = column(messages.map(({ message }) => message));
    const advice = column([...new Set(messages.map(({ remedy }) => remedy))]);
    return `| ${cell(what)} | \`${decision}\` | ${said} | ${advice} |`;
  });
}

/** The section of each gate in the page that is committed: its lines after the heading. */
export function sectionsOfPage(): ReadonlyMap<string, readonly string[]> {
  const text = existsSync(pageFile) ? readFileSync(pageFile, 'utf8') : '';
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    const [, gate] = /^## \[([a-z-]+)\]/.exec(line) ?? [];
    if (gate) {
      lines = [];
      sections.set(gate, lines);
    } else lines.push(line);
  }
  return sections;
}

/** What differs from run to run, or from one sandbox to the next, stays out of the page: ports, request IDs, commits, folders. */
function cell(text: string): string {
  return text
    .replace(/127\.0\.0\.1:\d+/g, 'sandbox')
    .replace(/request ID [\w:-]+/g, 'request ID …')
    .replace(/\b[0-9a-f]{40}\b/g, '0123456789abcdef0123456789abcdef01234567')
    .replace(/\b(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{7}\b/g, '0123456')
    .replace(/\/tmp\/[^\s`,;]*\/workspace/g, '/workspace')
    .replace(/[\\|]/g, '\\$&')
    .replace(/</g, '&lt;')
    .trim()
    .replace(/\r?\n/g, '<br>');
}
