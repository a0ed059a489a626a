import { escapeText, fairShare, type Html, html } from '../markup/index.ts';

/** How a conclusion, decision or outcome is told: its colour, a sign for those who do not see it, and the words. */
const TELLING: Readonly<Record<string, readonly [kind: string, sign: string]>> = {
  success: ['good', '✓'],
  pass: ['good', '✓'],
  approved: ['good', '✓'],
  met: ['good', '✓'],
  failure: ['bad', '✗'],
  fail: ['bad', '✗'],
  rejected: ['bad', '✗'],
  error: ['bad', '✗'],
  unmet: ['bad', '✗'],
  hold: ['held', '‖'],
  overridden: ['held', '!'],
  warning: ['held', '!'],
  cancelled: ['held', '⊘'],
};

export function kindOf(word: string): string {
  return TELLING[word]?.[0] ?? 'quiet';
}

/** A conclusion or decision as a small label. */
export function chip(word: string, words = word): Html {
  const [kind, sign] = TELLING[word] ?? ['quiet', '·'];
  return html`<span class="chip ${kind}"><span aria-hidden="true">${sign}</span> ${words}</span>`;
}

/** Text of at most so many characters, saying how many more there were. */
export function brief(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most)} … (${text.length - most} more characters)`;
}

/** A message of at most so many characters; what it puts between backticks is code. */
export function prose(text: string, most: number): Html {
  const parts = brief(text, most).split(/`([^`\n]+)`/);
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

/** A quotation mark takes this many bytes in a page, and nothing takes more. */
const WIDEST = 6;

/** The most characters that each of the texts may have, `longest` or fewer, so that together they fill no more bytes of the page than the budget. */
export function longestWithin(texts: readonly string[], longest: number, budget: number): number {
  const sizes = texts.map((text) => Buffer.byteLength(escapeText(text.slice(0, longest))));
  const share = fairShare(sizes, budget);
  return Number.isFinite(share) ? Math.floor(share / WIDEST) : longest;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A section of the page, with the anchor that the tiles and the navigation lead to. */
export function section(id: string, title: string, body: Html): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`;
}

/** A table that scrolls on its own when the page is narrow. */
export function table(headings: readonly string[], rows: readonly Html[]): Html {
  return html`<div class="wide" tabindex="0"><table>
<thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row}</tr>\n`)}</tbody>
</table></div>`;
}

/** The first rows of a list that could fill the page, and a word about the rest. */
export function most<Row>(
  rows: readonly Row[],
  limit: number,
  noun: string,
): { shown: readonly Row[]; rest?: Html } {
  if (rows.length <= limit) return { shown: rows };
  return {
    shown: rows.slice(0, limit),
    rest: html`<p class="muted">${plural(rows.length - limit, `more ${noun}`)} left out.</p>`,
  };
}

export const stepAnchor = (job: number, step: number) => `step-${job}-${step}`;
