import { describe, expect, test } from '@jest/globals';
import { OutsideError } from '../errors/index.ts';
import { checkWindow, judgeWindow, type WindowRequest } from './check.ts';
import type { Feed } from './feed.ts';
import { parseRule } from './parse.ts';

const hour = 3_600_000;
const tuesdayNight = Date.parse('2026-03-03T20:05:00Z');
const wednesdayNoon = Date.parse('2026-03-04T10:00:00Z');
const base: WindowRequest = {
  at: tuesdayNight,
  windows: [parseRule('Tue,Thu 22:00-02:00'), parseRule('Sat 06:00-10:00')],
  freezes: [],
  timeZone: 'Africa/Johannesburg',
  required: 0,
  whenClosed: 'fail',
  requesters: ['release-manager'],
  subject: { environment: 'prod', version: 'v1.4.0' },
};
const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
const told = (request: Partial<WindowRequest>) => judgeWindow({ ...base, ...request });
const texts = (answer: ReturnType<typeof told>) =>
  answer.report.findings
    .map((finding) => `${finding.outcome} ${finding.check}: ${finding.message} ${finding.remedy ?? ''}`)
    .join('\n');

test('an open window passes and says how long it stays open', () => {
  const answer = told({});
  expect(answer.report).toMatchObject({
    gate: 'maintenance-window',
    decision: 'pass',
    at: '2026-03-03T20:05:00Z',
  });
  expect(answer).toMatchObject({ open: true, timeLeft: 3 * hour + 55 * 60_000 });
  expect(iso(answer.nextOpensAt)).toBe('2026-03-05T20:00:00.000Z');
});

test('a closed one fails, saying when to come back', () => {
  const answer = told({ at: wednesdayNoon });
  expect(answer.report.decision).toBe('fail');
  expect(answer).toMatchObject({ open: false, timeLeft: 0 });
  expect(texts(answer)).toContain(
    'Dispatch it again at Thu 2026-03-05 22:00 Africa/Johannesburg (+02:00) (2026-03-05T20:00:00Z), in 1d 10h.',
  );
});

describe('required time', () => {
  test('too little left refuses with what is missing and the next window that fits', () => {
    const answer = told({ at: Date.parse('2026-03-03T23:05:00Z'), required: 2 * hour });
    expect(answer.report.decision).toBe('fail');
    expect(answer.open).toBe(true);
    expect(texts(answer)).toContain(
      'fail time left: It closes Wed 2026-03-04 02:00 Africa/Johannesburg (+02:00), in 55m: 1h 5m short',
    );
    expect(texts(answer)).toContain('Thu 2026-03-05 22:00');
    expect(iso(answer.nextOpensAt)).toBe('2026-03-05T20:00:00.000Z');
  });
  test('exactly enough passes', () => {
    expect(told({ at: Date.parse('2026-03-03T22:00:00Z'), required: 2 * hour }).report.decision).toBe('pass');
  });
  test('more than any window gives says so', () => {
    const answer = told({ required: 5 * hour });
    expect(answer.nextOpensAt).toBeUndefined();
    expect(texts(answer)).toContain('No time with 5h left is in sight');
  });
});

describe('hold', () => {
  test('is what waiting would mend', () => {
    expect(told({ at: wednesdayNoon, whenClosed: 'hold' }).report.decision).toBe('hold');
    expect(told({ required: 5 * hour, whenClosed: 'hold' }).report.decision).toBe('fail');
  });
});

describe('a scheduled time', () => {
  const scheduled = { at: Date.parse('2026-03-03T20:30:00Z'), tolerance: 15 * 60_000 };
  test.each([
    ['2026-03-03T20:14:59Z', 'fail', 'Too early: it may begin Tue 2026-03-03 22:15'],
    ['2026-03-03T20:15:00Z', 'pass', 'It begins at its scheduled time.'],
    ['2026-03-03T20:45:00Z', 'pass', 'It begins at its scheduled time.'],
    ['2026-03-03T20:46:00Z', 'fail', 'Too late: it had to begin by Tue 2026-03-03 22:45'],
  ])('at %s: %s', (at, decision, message) => {
    const answer = told({ at: Date.parse(at), scheduled });
    expect(answer.report.decision).toBe(decision);
    expect(texts(answer)).toContain(message);
  });
  test('missed cannot be held for', () => {
    expect(
      told({ at: Date.parse('2026-03-03T21:00:00Z'), scheduled, whenClosed: 'hold' }).report.decision,
    ).toBe('fail');
  });
});

test('the planned time of the ticket is joined with the windows', () => {
  const planned = {
    start: Date.parse('2026-03-03T21:00:00Z'),
    end: Date.parse('2026-03-03T22:00:00Z'),
    ticket: 'CHG-101',
  };
  expect(texts(told({ planned }))).toContain(
    'outside of the planned time of CHG-101 (from Tue 2026-03-03 23:00',
  );
  const open = told({ planned, at: planned.start });
  expect([open.report.decision, open.timeLeft]).toEqual(['pass', hour]);
  expect(texts(open)).toMatch(
    /closes Wed 2026-03-04 00:00 .*, in 1h, when the planned time of CHG-101 .* ends\. $/,
  );
  const frozen = told({ at: planned.start, freezes: [parseRule('Wed')] });
  expect(texts(frozen)).toMatch(/closes Wed 2026-03-04 00:00 .*, in 1h, when `Wed` freezes it\. $/);
});

describe('an emergency', () => {
  const emergency = {
    ticket: 'INC-7',
    reason: 'Payments fail',
    approvers: ['ops-lead', 'tech-lead'],
    approvals: 'claimed' as const,
    environment: 'prod',
    version: 'v1.4.1',
    expires: wednesdayNoon + hour,
  };
  test('overrides a closed window and is recorded', () => {
    const { report } = told({ at: wednesdayNoon, emergency });
    expect(report.decision).toBe('overridden');
    expect(report.override).toMatchObject({
      ticket: 'INC-7',
      environment: 'prod',
      expires: '2026-03-04T11:00:00Z',
    });
  });
  test.each([
    ['claimed', 'as whoever started the run says'],
    ['seen', 'by their reviews of this run'],
  ] as const)('says for what it is, how long, by whom and why: %s', (approvals, how) => {
    expect(texts(told({ at: wednesdayNoon, emergency: { ...emergency, approvals } }))).toContain(
      `info emergency override: INC-7 lets v1.4.1 go to prod until 2026-03-04T11:00:00Z: ops-lead and tech-lead approved it, ${how}. The reason: Payments fail.`,
    );
  });
  test('is not used when the window is open', () => {
    const { report } = told({ emergency });
    expect([report.decision, report.override]).toEqual(['pass', undefined]);
  });
  test('that does not hold is one more finding', () => {
    const answer = told({ at: wednesdayNoon, emergency: { ...emergency, approvers: ['ops-lead'] } });
    expect(answer.report.decision).toBe('fail');
    expect(texts(answer)).toContain(
      'fail emergency override: The override of INC-7 for v1.4.1 to prod does not hold',
    );
  });
});

describe('a feed', () => {
  const feed: Feed = {
    events: [{ ...parseRule('2026-03-03..2026-03-04 UTC'), label: 'Quarter end' } as Feed['events'][number]],
    digest: 'sha256:abc',
    readAt: tuesdayNight,
    span: { start: tuesdayNight - 100 * 24 * hour, end: tuesdayNight + 410 * 24 * hour },
  };
  const down = new OutsideError({ what: 'the feed could not be read', why: 'HTTP 500', remedy: 'Wait.' });
  const source = (answer: Feed | OutsideError) => ({
    async read() {
      if (answer instanceof OutsideError) throw answer;
      return answer;
    },
  });
  const request = (as: 'freezes' | 'windows'): WindowRequest => ({
    ...base,
    feed: { as, copyAge: 24 * hour },
  });
  const kept = (readAt: number) => ({ load: async () => ({ ...feed, readAt }), save: async () => {} });

  test('of freezes closes, and its digest is told', async () => {
    const answer = await checkWindow(request('freezes'), { feed: source(feed) }, tuesdayNight);
    expect(texts(answer)).toContain('frozen by `Quarter end`');
    expect(answer.feedDigest).toBe('sha256:abc');
  });
  test('of windows opens, and an empty one never does', async () => {
    const noWindows = { ...request('windows'), windows: undefined };
    expect((await checkWindow(noWindows, { feed: source(feed) }, tuesdayNight)).report.decision).toBe('pass');
    const empty = await checkWindow(noWindows, { feed: source({ ...feed, events: [] }) }, tuesdayNight);
    expect([empty.open, empty.report.decision]).toEqual([false, 'fail']);
  });
  test('that cannot be read closes what the windows leave open', async () => {
    const answer = await checkWindow(request('freezes'), { feed: source(down) }, tuesdayNight);
    expect(answer).toMatchObject({ open: false, timeLeft: 0, report: { decision: 'fail' } });
    expect(texts(answer)).toContain(
      'A calendar that cannot be read closes the window. the feed could not be read',
    );
  });
  test('is replaced by a copy that is young enough, and by no older one', async () => {
    const ports = (age: number) => ({ feed: source(down), copy: kept(wednesdayNoon - age) });
    const at = { ...request('freezes'), at: Date.parse('2026-03-05T20:30:00Z') };
    const young = await checkWindow(at, ports(23 * hour), wednesdayNoon);
    expect(young.report.decision).toBe('pass');
    expect(texts(young)).toContain('The copy read at 2026-03-03T11:00:00Z stands in.');
    const old = await checkWindow(at, ports(25 * hour), wednesdayNoon);
    expect(old.report.decision).toBe('fail');
    expect(texts(old)).toContain('the copy is 1d 1h old, older than 1d');
  });
  test('is read from now on whenever it is asked about, so that its copy serves the runs to come', async () => {
    const asked: number[][] = [];
    const reader = {
      async read(...span: [number, number]) {
        asked.push(span);
        return feed;
      },
    };
    const day = 24 * hour;
    for (const at of [tuesdayNight, tuesdayNight + 300 * day, tuesdayNight - 300 * day])
      await checkWindow({ ...request('freezes'), at }, { feed: reader }, tuesdayNight);
    expect(asked.map((span) => span.map((at) => Math.round((at - tuesdayNight) / day)))).toEqual([
      [-60, 400],
      [-60, 700],
      [-360, 400],
    ]);
  });
  test.each([
    [
      'read for another time',
      { span: { start: tuesdayNight, end: tuesdayNight + 400 * 24 * hour } },
      'too little',
    ],
    ['that ends too early', { span: { ...feed.span, end: tuesdayNight + 200 * 24 * hour } }, 'too little'],
    ['of a clock that was wrong', { readAt: tuesdayNight + hour }, 'which is to come'],
  ])('is not replaced by a copy %s', async (_, change, message) => {
    const copy = { load: async () => ({ ...feed, ...change, events: [] }), save: async () => {} };
    const answer = await checkWindow(request('freezes'), { feed: source(down), copy }, tuesdayNight);
    expect(answer.report.decision).toBe('fail');
    expect(texts(answer)).toContain(message);
  });
  test('that cannot be read lets nobody promise when it opens', async () => {
    const held = { ...request('freezes'), at: wednesdayNoon, whenClosed: 'hold' as const };
    const answer = await checkWindow(held, { feed: source(down) }, wednesdayNoon);
    expect([answer.report.decision, answer.nextOpensAt]).toEqual(['hold', undefined]);
    expect(texts(answer)).toContain('not known before the calendar can be read');
    expect(texts(answer)).not.toContain('in sight');
  });
  test('a bug of the reader is no unreadable feed', async () => {
    const broken = { read: async () => Promise.reject(new TypeError('bug')) };
    await expect(checkWindow(request('freezes'), { feed: broken }, tuesdayNight)).rejects.toThrow(TypeError);
  });
});
