import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OutsideError } from '../errors/index.ts';
import type { Decision, GateReport } from '../gate/index.ts';
import {
  type Channel,
  clipped,
  facts,
  gatesInShort,
  headline,
  incidentKey,
  type Notice,
  tellAll,
  whatGatesFound,
} from './index.ts';

const notice: Notice = {
  occasion: 'failed',
  repository: 'example/tenant-service',
  environment: 'prod',
  service: 'orders',
  version: 'v1.4.0',
  fromVersion: 'v1.3.0',
  actor: 'release-manager',
  reason: undefined,
  ticket: 'CHG-101',
  message: undefined,
  fields: { Canary: '50%' },
  links: [],
  at: 0,
};

test.each<[Partial<Notice>, string]>([
  [{ occasion: 'started' }, 'orders v1.4.0 is being promoted to prod'],
  [{ occasion: 'pending' }, 'orders v1.4.0 is waiting for approval for prod'],
  [{ occasion: 'succeeded' }, 'orders v1.4.0 was promoted to prod'],
  [{ occasion: 'rolled-back' }, 'orders v1.4.0 was rolled back in prod'],
  [
    { service: undefined, version: undefined, environment: undefined },
    'tenant-service could not be promoted',
  ],
  [{ version: 'v1\n:warning:' }, 'orders v1 :warning: could not be promoted to prod'],
])('%j is headed %j', (more, expected) => {
  expect(headline({ ...notice, ...more })).toBe(expected);
});

test('facts are those that are known, further ones last', () => {
  expect(facts(notice)).toEqual([
    ['Environment', 'prod'],
    ['Service', 'orders'],
    ['Version', 'v1.3.0 → v1.4.0'],
    ['Ticket', 'CHG-101'],
    ['By', 'release-manager'],
    ['Canary', '50%'],
  ]);
});

test('an incident is of service and environment, whatever the version, in 255 characters', () => {
  expect(incidentKey(notice)).toBe('promo/example/tenant-service/orders/prod');
  expect(incidentKey({ ...notice, version: 'v2.0.0', occasion: 'succeeded' })).toBe(incidentKey(notice));
  const long = incidentKey({ ...notice, service: 'x'.repeat(300) });
  expect(long.length).toBeLessThanOrEqual(255);
  expect(incidentKey({ ...notice, service: 'x'.repeat(301) })).not.toBe(long);
});

test('a text is cut where it does not fit, never through a character or what its form made of one', () => {
  const inForm = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const text = fc.array(fc.constantFrom('a', '&', '<', '🙂', 'é')).map((all) => all.join(''));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 60 }), (given, most) => {
      const cut = clipped(given, most, inForm);
      expect(cut.length).toBeLessThanOrEqual(most);
      if (inForm(given).length <= most) expect(cut).toBe(inForm(given));
      else {
        expect(cut.endsWith('…')).toBe(true);
        const kept = cut.slice(0, -1);
        expect(inForm(given).startsWith(kept)).toBe(true);
        expect(kept).not.toMatch(/&(?!amp;|lt;)|[\uD800-\uDBFF]$/);
        const next = Array.from(given)[Array.from(kept.replace(/&(amp|lt);/g, '&')).length] ?? '';
        expect(kept.length + inForm(next).length + 1).toBeGreaterThan(most);
      }
    }),
  );
});

test('gates are told in short, and what stopped it with what to do', () => {
  const report = (gate: string, decision: Decision, more: Partial<GateReport> = {}): GateReport => ({
    gate,
    decision,
    subject: {},
    at: '',
    findings: [
      { check: 'a', outcome: 'pass', seen: 'x', message: 'Fine.' },
      { check: 'b', outcome: 'fail', seen: 'x', message: 'Not\nfine.', remedy: 'Mend it.' },
    ],
    ...more,
  });
  const override = { ticket: 'INC-7', reason: 'customers wait', approvers: ['ops-lead', 'dev-lead'] };
  const reports = [
    report('window', 'overridden', { override }),
    report('jira-gate', 'fail'),
    report('quality-gate', 'pass'),
  ];
  expect(gatesInShort(reports)).toBe('window overridden, jira-gate refused, quality-gate passed');
  expect(gatesInShort([])).toBeUndefined();
  expect(whatGatesFound(reports)).toEqual([
    'window: Not fine. Mend it.',
    'window: overridden by ops-lead, dev-lead: customers wait',
    'jira-gate: Not fine. Mend it.',
  ]);
});

describe('channels', () => {
  const channel = (name: string, tell: Channel['tell']): Channel => ({
    name,
    required: name === 'b',
    tell,
    preview: () => `a preview by ${name}`,
  });
  const failing = async () => {
    throw new OutsideError({ what: 'It could not be told', remedy: 'Try again.' });
  };

  test('one that fails keeps the others from nothing', async () => {
    const all = [
      channel('a', failing),
      channel('b', async () => 'this'),
      channel('c', async () => undefined),
    ];
    expect(await tellAll(notice, all, false)).toEqual([
      { channel: 'a', outcome: 'failed', detail: 'It could not be told. Try again.', required: false },
      { channel: 'b', outcome: 'sent', detail: 'this', required: true },
      { channel: 'c', outcome: 'nothing', detail: '', required: false },
    ]);
  });

  test('a dry run asks none of them; a bug is no failure of the outside', async () => {
    expect(await tellAll(notice, [channel('a', failing)], true)).toMatchObject([
      { outcome: 'would-send', detail: 'a preview by a' },
    ]);
    const broken = channel('a', async () => {
      throw new TypeError('x');
    });
    await expect(tellAll(notice, [broken], false)).rejects.toThrow(TypeError);
  });
});
