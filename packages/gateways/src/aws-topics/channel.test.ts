import { expect, test } from '@jest/globals';
import type { Notice } from '@promo-actions/core/notice';
import fc from 'fast-check';
import { publication } from './channel.ts';

const notice: Notice = {
  occasion: 'succeeded',
  repository: 'example/tenant-service',
  environment: 'prod',
  service: undefined,
  version: 'v1.4.0',
  fromVersion: undefined,
  actor: 'release-manager',
  reason: undefined,
  ticket: undefined,
  message: 'All is well.',
  fields: {},
  links: [['Open the run', 'https://example.com/1']],
  at: 0,
};
const topic = 'arn:aws:sns:af-south-1:222222222222:releases';

test('subjects and messages are such as SNS takes, whatever they are made of', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), (text) => {
      const { Subject, Message } = publication(
        { ...notice, version: text, message: text.repeat(500) },
        topic,
      );
      expect(Subject).toMatch(/^[\x20-\x7e]{1,99}$/);
      expect(Buffer.byteLength(Message)).toBeLessThanOrEqual(262_144);
    }),
  );
});

test('a message reads as a letter; on a FIFO topic it is told once', () => {
  const plain = publication(notice, topic);
  expect(plain.Message).toBe(
    [
      'tenant-service v1.4.0 was promoted to prod',
      '',
      'Environment: prod',
      'Version: v1.4.0',
      'By: release-manager',
      '',
      'All is well.',
      '',
      'Open the run: https://example.com/1',
      '1970-01-01T00:00:00Z',
    ].join('\n'),
  );
  expect(Object.keys(plain)).not.toContain('MessageGroupId');
  const [once, twice] = [publication(notice, `${topic}.fifo`), publication(notice, `${topic}.fifo`)];
  expect(once).toEqual(twice);
  expect(once).toMatchObject({
    MessageGroupId: expect.any(String),
    MessageDeduplicationId: expect.any(String),
  });
});
