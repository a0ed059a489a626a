/** GitHub refuses a step summary above this many bytes. */
const summaryLimit = 1_048_576;

/** Text made safe for one cell of a Markdown table. */
export function cell(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/\\/g, '\\\\')
    .replace(/\|/g, '\\|')
    .replace(/\s*\n\s*/g, '<br>');
}

/** A Markdown table; headings and cells are plain text. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return `${[line(headings), `|${headings.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')}\n`;
}

/** Cut to what GitHub accepts, saying so. */
export function withinSummaryLimit(markdown: string): string {
  const bytes = new TextEncoder().encode(markdown);
  if (bytes.length < summaryLimit) return markdown;
  const notice =
    '\n\n_The summary was cut here: GitHub accepts 1 MiB a step. The whole report is in the `report` output._\n';
  const cut = bytes.subarray(0, summaryLimit - notice.length - 4);
  return new TextDecoder().decode(cut).replace(/\uFFFD+$/, '') + notice;
}
