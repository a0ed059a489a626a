import { expect, test } from '@jest/globals';
import type { Notice } from '@promo-actions/core/notice';
import fc from 'fast-check';
import { slackMessage } from './blocks.ts';

interface Text {
  readonly type: string;
  readonly text: string;
}
interface Shape {
  readonly type: string;
  readonly text?: Text;
  readonly fields?: readonly Text[];
  readonly elements?: readonly Text[];
}

const nasty = fc
  .tuple(
    fc.array(fc.constantFrom('a', ' ', '<', '&', '>', '🙂', '<!channel>', '\n'), { maxLength: 30 }),
    fc.integer({ min: 1, max: 150 }),
  )
  .map(([words, times]) => words.join('').repeat(times));
const maybe = fc.option(nasty, { nil: undefined });
const notices: fc.Arbitrary<Notice> = fc.record({
  occasion: fc.constantFrom('started', 'pending', 'succeeded', 'failed', 'rolled-back'),
  repository: fc.constant('example/orders'),
  environment: maybe,
  service: maybe,
  version: maybe,
  fromVersion: maybe,
  actor: nasty,
  reason: maybe,
  ticket: maybe,
  message: maybe,
  fields: fc.dictionary(nasty, nasty, { maxKeys: 15 }),
  links: fc.array(fc.tuple(nasty, fc.webUrl()), { maxLength: 3 }),
  at: fc.constant(0),
});

test('every notice keeps to what Slack takes, and what strangers wrote calls nobody', () => {
  fc.assert(
    fc.property(notices, (notice) => {
      const { blocks, text } = slackMessage(notice, '<!here>');
      const shapes = blocks as unknown as readonly Shape[];
      expect(shapes.length).toBeLessThanOrEqual(50);
      const texts = shapes.flatMap(({ text: own, fields = [], elements = [] }) => [
        ...(own ? [own] : []),
        ...fields,
        ...elements,
      ]);
      for (const { text: one } of texts) expect(one.length).toBeGreaterThan(0);
      for (const { type, text: own, fields = [] } of shapes) {
        expect(own?.text.length ?? 0).toBeLessThanOrEqual(type === 'header' ? 150 : 3_000);
        expect(fields.length).toBeLessThanOrEqual(10);
        for (const field of fields) expect(field.text.length).toBeLessThanOrEqual(2_000);
      }
      const all = texts.map((it) => it.text).join('');
      expect(all.length).toBeLessThanOrEqual(13_200);
      expect(
        texts
          .filter(({ type }) => type === 'mrkdwn')
          .map((it) => it.text)
          .join('')
          .replace('<!here>', ''),
      ).not.toContain('<!');
      expect(text).not.toContain('<');
    }),
    { numRuns: 40 },
  );
});
