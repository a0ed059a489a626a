import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { elementsOf } from '../fixture/structure.ts';
import { markdown } from './markdown.ts';
import { sanitise } from './sanitise.ts';
import { readXychart } from './xychart.ts';

const shown = (source: string) => markdown(source).markup;

describe('a summary', () => {
  test('has the tables, lists, checkboxes and details that GitHub shows', () => {
    const markup = shown(
      '## Gates\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] done\n\n<details open><summary>More</summary>\n\n**bold**<br>H<sub>2</sub>O\n\n</details>',
    );
    for (const piece of [
      '<h2>Gates</h2>',
      '<td align="right">2</td>',
      '<input type="checkbox" disabled checked="">',
      '<details open=""><summary>More</summary>',
      '<strong>bold</strong><br>H<sub>2</sub>O',
    ]) {
      expect(markup).toContain(piece);
    }
    expect(() => elementsOf(markup)).not.toThrow();
  });

  test('keeps web links and drops every other', () => {
    expect(shown('[a](https://example.com/?a=1&b=2)')).toContain(
      'href="https://example.com/?a=1&amp;b=2" rel="noreferrer noopener"',
    );
    for (const link of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
      '//example.com',
      '&#106;avascript:alert(1)',
    ]) {
      expect(shown(`[a](${link}) <a href="${link}">b</a>`)).not.toContain('href=');
    }
  });

  test('tells of a picture instead of fetching it', () => {
    const markup = shown(
      '![A chart](https://example.com/chart.png) <img src=x alt="drawn" onerror=alert(1)>',
    );
    expect(markup).toContain('[picture: A chart]');
    expect(markup).toContain('[picture: drawn]');
    expect(markup).not.toMatch(/<img|src=|onerror/);
  });

  test('shows as text what it may not be', () => {
    const markup = shown(
      '<script>alert(1)</script>\n\n<iframe src="x"></iframe> <svg onload=x> <style>*{}</style>',
    );
    expect(elementsOf(markup).map(({ name }) => name)).toEqual(['div']);
    expect(markup).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  test('cannot end what stands around it, nor leave anything open', () => {
    const markup = shown('</div></details></section><div><b>never closed\n\n<details><summary>x');
    expect(() => elementsOf(markup)).not.toThrow();
    expect(markup.startsWith('<div class="markdown">')).toBe(true);
  });

  test('keeps no attribute that acts or styles', () => {
    const markup = shown(
      '<p onclick="x" style="position:fixed" class="headline" id="jobs" data-chart="{}" title="t">a</p>',
    );
    expect(markup).toContain('<p title="t">a</p>');
  });

  test('hides an unfinished comment to the end, as browsers do', () => {
    expect(sanitise('a<!-- b --> c <!-- d <b>e')).toBe('a c ');
  });

  test('is not nested deeper than browsers can', () => {
    const deep = sanitise('<b>'.repeat(5000));
    expect(elementsOf(deep).length).toBeLessThan(100);
  });
});

test('whatever comes out of the sanitiser is well formed and made of harmless elements', () => {
  const fragment = fc.oneof(
    fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '/',
      '=',
      '<!--',
      '-->',
      '<b',
      '<b>',
      '</b>',
      '<script>',
      '</script>',
      '<a href=',
      '"javascript:x"',
      ' onclick=x',
      '<table>',
      '<details open>',
      '</div>',
      '<br/>',
      '&lt;',
      '&#60;',
      '<img src=x ',
      'alt="',
      '<INPUT type=checkbox ',
      '\n',
    ),
    fc.string({ maxLength: 6 }),
  );
  const harmless = new Set(
    'href rel title open checked type disabled align colspan rowspan start'.split(' '),
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 40 }), (fragments) => {
      for (const { name, attributes } of elementsOf(sanitise(fragments.join('')))) {
        expect(['script', 'style', 'img', 'svg', 'iframe', 'form', 'object']).not.toContain(name);
        for (const [key, value] of Object.entries(attributes)) {
          expect(harmless.has(key)).toBe(true);
          if (key === 'href') expect(value).toMatch(/^(https?:|mailto:)/i);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

describe('a Mermaid block', () => {
  const chart =
    '```mermaid\nxychart-beta\n  title "Errors, %"\n  x-axis ["20:20", "20:21"]\n  y-axis "percent" 0 --> 5\n  line "canary" [1, 2.5]\n  bar [0, 1]\n```';

  test('that is a chart of lines and bars is drawn, its numbers beside it', () => {
    const markup = shown(chart);
    const [figure] = elementsOf(markup).filter(({ attributes }) => 'data-chart' in attributes);
    expect(figure?.attributes['aria-label']).toContain('Errors, %');
    expect(markup).toMatch(
      /<th scope="row">20:21<\/th><td class="number">2.5<\/td><td class="number">1<\/td>/,
    );
    expect(() => elementsOf(markup)).not.toThrow();
  });

  test('has a title for its axis only where one is written', () => {
    const axis = (written: string) =>
      readXychart(`xychart-beta\ny-axis ${written}\nline [1, 2]`)?.panes[0]?.title;
    expect(['0 --> 5', 'percent 0 --> 5', '"of all requests"'].map(axis)).toEqual([
      '',
      'percent',
      'of all requests',
    ]);
  });

  test('whose axis runs between two numbers has its points evenly between them', () => {
    const axis = 'x-axis "Minutes since 2026-03-03 20:05 UTC" 0 --> 30';
    expect(readXychart(`xychart-beta\n${axis}\nline [1, 2, 3]`)?.categories).toEqual(['0', '15', '30']);
  });

  test('takes the colours that it names', () => {
    const [pane] =
      readXychart(
        '%%{init: {"themeVariables": {"xyChart": {"plotColorPalette": "#8c959f, #d1242f"}}}}%%\nxychart-beta\nline [1, 2]\nline [3, 4]',
      )?.panes ?? [];
    expect(pane?.lines.map(({ colour }) => colour)).toEqual(['#8c959f', '#d1242f']);
  });

  test.each([
    'xychart-beta\n  line [1, two]',
    'xychart-beta\n  x-axis [a, b, c]\n  line [1, 2]',
    'xychart-beta\n  pie [1, 2]',
    'xychart-beta',
    'graph TD; A-->B',
  ])('that is anything else is shown as it is written: %j', (source) => {
    expect(readXychart(source)).toBeUndefined();
    expect(shown(`\`\`\`mermaid\n${source}\n\`\`\``)).toContain('as it is written');
  });

  test('cannot be forged by the characters that hold its place', () => {
    expect(shown(`\uE0000\uE001 text\n\n${chart}`).match(/data-chart/g)).toHaveLength(1);
  });

  test('inside details stays inside', () => {
    const markup = shown(`<details><summary>Chart</summary>\n\n${chart}\n\n</details>`);
    expect(() => elementsOf(markup)).not.toThrow();
    expect(markup.indexOf('data-chart')).toBeLessThan(markup.lastIndexOf('</details>'));
  });
});
