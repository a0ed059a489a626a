import { Marked } from 'marked';
import { chartFigure } from '../chart/index.ts';
import { type Html, html, render, trusted } from '../markup/index.ts';
import { sanitise } from './sanitise.ts';
import { readXychart } from './xychart.ts';

/** A step's summary as GitHub would show it, in markup that is safe whatever the step wrote. */
export function markdown(source: string): Html {
  const figures: string[] = [];
  const marked = new Marked({
    gfm: true,
    async: false,
    renderer: {
      code({ text, lang }) {
        figures.push(
          render(
            lang?.trim().toLowerCase() === 'mermaid' ? diagram(text) : html`<pre><code>${text}</code></pre>`,
          ),
        );
        return `\uE000${figures.length - 1}\uE001`;
      },
    },
  });
  // The two characters hold the figures' places, so no summary may bring its own.
  const made = marked.parse(source.replace(/[\uE000\uE001]/g, '')) as string;
  const safe = sanitise(made).replace(
    /\uE000(\d+)\uE001/g,
    (_, index: string) => figures[Number(index)] ?? '',
  );
  return trusted(`<div class="markdown">${safe}</div>`);
}

function diagram(source: string): Html {
  const chart = readXychart(source);
  if (chart) return chartFigure(chart);
  return html`<figure><pre><code>${source}</code></pre><figcaption>A Mermaid diagram, as it is written: GitHub draws it.</figcaption></figure>`;
}
