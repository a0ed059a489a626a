import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cutMiddle, fairShare, html, render, trusted } from './index.ts';

describe('html', () => {
  test('escapes what stands in it, in text and attributes', () => {
    const hostile = `<b onload='x'>"&`;
    expect(render(html`<p title="${hostile}">${hostile}</p>`)).toBe(
      '<p title="&lt;b onload=&#39;x&#39;&gt;&quot;&amp;">&lt;b onload=&#39;x&#39;&gt;&quot;&amp;</p>',
    );
  });

  test('takes pieces, lists and numbers, and leaves out false and undefined', () => {
    expect(render(html`${[html`<i>${1}</i>`, '<']}${false}${undefined}${trusted('<hr>')}`)).toBe(
      '<i>1</i>&lt;<hr>',
    );
  });

  test('leaves out the characters that HTML forbids', () => {
    expect(render(html`${'a\u0000b\u001Bc\n\td'}`)).toBe('abc\n\td');
  });

  test('never lets text end an element or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(render(html`${text}`)).not.toMatch(/[<>"']/);
      }),
    );
  });
});

describe('shares of a budget', () => {
  const sizes = fc.array(fc.nat(1000), { maxLength: 30 });
  const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);

  test('cut to the fair share, all stay within the budget, and nobody is cut for nothing', () => {
    fc.assert(
      fc.property(sizes, fc.nat(5000), (all, budget) => {
        const limit = fairShare(all, budget);
        const cut = all.map((size) => Math.min(size, limit));
        expect(sum(cut)).toBeLessThanOrEqual(budget);
        if (sum(all) <= budget) expect(cut).toEqual(all);
        else expect(sum(cut)).toBeGreaterThan(budget - all.length);
      }),
    );
  });

  test('the middle is cut: what remains fits, and beginning, gap and end are the whole', () => {
    fc.assert(
      fc.property(sizes, fc.nat(5000), (all, limit) => {
        const { head, omitted, tail } = cutMiddle(all, limit);
        expect(head + omitted + tail).toBe(all.length);
        expect(sum(all.slice(0, head)) + sum(all.slice(all.length - tail))).toBeLessThanOrEqual(limit);
        if (sum(all) <= limit) expect(omitted).toBe(0);
      }),
    );
  });
});
