import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { errorsOf, runAction, type StepOptions } from '../bundle/run.ts';
import { gatePage } from '../gates/refusals.ts';

const page = gatePage('maintenance-window');

/** Tuesday 22:05 in Johannesburg. */
const tuesdayNight = '2026-03-03T20:05:00Z';
const wednesdayNoon = '2026-03-04T10:00:00Z';
let night: Sandbox;
let noon: Sandbox;

beforeAll(async () => {
  night = await startSandbox({ start: tuesdayNight });
  const tokens = { job: { actions: 'read' }, none: { contents: 'write' } } as const;
  const world: World = { github: { repository: 'example/tenant-service', tokens } };
  noon = await startSandbox({ start: wednesdayNoon, world });
});
afterAll(async () => {
  await night.close();
  await noon.close();
});

const usual = {
  environment: 'prod',
  windows: 'Tue,Thu 22:00-02:00\nSat 06:00-10:00',
  'time-zone': 'Africa/Johannesburg',
};
const run = (at: Sandbox, inputs: Readonly<Record<string, string>>, options: StepOptions = {}) =>
  runAction('maintenance-window', { sandbox: at.environment(), ...options, inputs: { ...usual, ...inputs } });

test('an open window passes, and says until when and how long', async () => {
  const step = await run(night, { 'required-time': '1h30m' });
  expect(step.code).toBe(0);
  expect(step.outputs).toMatchObject({
    decision: 'pass',
    open: 'true',
    'closes-at': '2026-03-04T00:00:00Z',
    'next-opens-at': '2026-03-05T20:00:00Z',
    'time-left': '3h55m',
    'calendar-digest': '',
  });
  expect(step.summary).toContain('✅ maintenance-window: pass');
});

test('a closed window fails, and says in local time when it opens and in how long', async () => {
  const step = page.refused('a window that is closed', await run(noon, {}));
  expect(step.code).toBe(1);
  expect(step.outputs).toMatchObject({
    decision: 'fail',
    open: 'false',
    'closes-at': '',
    'next-opens-at': '2026-03-05T20:00:00Z',
    'time-left': '0s',
  });
  expect(errorsOf(step)).toContain(
    'Thu 2026-03-05 22:00 Africa/Johannesburg (+02:00) (2026-03-05T20:00:00Z), in 1d 10h',
  );
});

test('too little time left fails while the window is open', async () => {
  const step = page.refused(
    'too little time left for the bakes and a rollback',
    await run(night, { 'required-time': '4h' }),
  );
  expect([step.code, step.outputs.open, step.outputs.decision]).toEqual([1, 'true', 'fail']);
  expect(errorsOf(step)).toContain('5m short of what the promotion needs');
  expect(step.outputs['next-opens-at']).toBe('2026-03-05T20:00:00Z');
});

test('no Fridays: a freeze of a day of the week, planned ahead', async () => {
  const frozen = { freezes: 'Fri', at: '2026-03-05T22:30:00Z', 'when-closed': 'hold' };
  const step = page.refused(
    'a freeze, such as every Friday, with `when-closed: hold`',
    await run(noon, frozen),
  );
  expect([step.code, step.outputs.decision]).toEqual([0, 'hold']);
  expect(step.log).toContain('frozen by `Fri`');
});

test('warn reports and lets pass', async () => {
  const step = await run(noon, { mode: 'warn' });
  expect([step.code, step.outputs.decision]).toEqual([0, 'fail']);
  expect(step.annotations.map(({ level }) => level)).toEqual(['warning']);
});

test('a scheduled time is kept within its tolerance', async () => {
  expect((await run(night, { 'scheduled-time': '2026-03-03T22:20:00+02:00' })).code).toBe(0);
  const scheduled = { 'scheduled-time': '2026-03-03T22:30:00+02:00', tolerance: '10m' };
  const early = page.refused('a promotion before its scheduled time', await run(night, scheduled));
  expect(early.code).toBe(1);
  expect(early.outputs['next-opens-at']).toBe('2026-03-03T20:20:00Z');
  const missed = { 'scheduled-time': '2026-03-03T21:45:00+02:00' };
  const late = page.refused('a promotion after its scheduled time', await run(night, missed));
  expect([late.code, late.outputs.decision, late.outputs['next-opens-at']]).toEqual([1, 'fail', '']);
});

test("the ticket's planned time and the window must both be open", async () => {
  const planned = {
    'planned-start': '2026-03-03T21:00:00Z',
    'planned-end': '2026-03-03T23:00:00Z',
    ticket: 'CHG-101',
  };
  const step = page.refused(
    'an open window outside of the planned time of the ticket',
    await run(night, planned),
  );
  expect([step.code, step.outputs['next-opens-at']]).toEqual([1, '2026-03-03T21:00:00Z']);
  expect(errorsOf(step)).toContain('the planned time of CHG-101');
});

describe('an emergency', () => {
  const emergency = {
    emergency: 'true',
    ticket: 'INC-7',
    reason: 'Payments fail',
    version: 'v1.4.1',
    approvers: 'ops-lead, tech-lead',
    'override-expires': '2026-03-04T12:00:00Z',
  };
  test('of two people passes as overridden, on record', async () => {
    const step = page.refused(
      'a closed window that two people opened for an emergency: let pass',
      await run(noon, emergency),
    );
    expect([step.code, step.outputs.decision]).toEqual([0, 'overridden']);
    expect(JSON.parse(step.outputs.report ?? '').override).toEqual({
      ticket: 'INC-7',
      reason: 'Payments fail',
      approvers: ['ops-lead', 'tech-lead'],
      approvals: 'claimed',
      environment: 'prod',
      version: 'v1.4.1',
      expires: '2026-03-04T12:00:00Z',
    });
  });
  test.each([
    [
      'an override approved by who asks',
      { approvers: 'ops-lead, release-manager' },
      'who asks cannot approve',
    ],
    ['an override of one person', { approvers: 'ops-lead, @Ops-Lead' }, 'only ops-lead'],
    [
      'an override approved by whom it is for',
      { approvers: 'ops-lead, tech-lead', requester: 'tech-lead' },
      'only ops-lead',
    ],
    [
      'an override that has expired',
      { 'override-expires': '2026-03-04T09:00:00Z' },
      'expired at 2026-03-04T09:00:00Z',
    ],
    [
      'an override for longer than a day',
      { 'override-expires': '2026-03-06T12:00:00Z' },
      'an override lasts 24 hours at most',
    ],
  ])('is refused: %s', async (what, change, message) => {
    const step = page.refused(what, await run(noon, { ...emergency, ...change }));
    expect([step.code, step.outputs.decision]).toEqual([1, 'fail']);
    expect(errorsOf(step)).toContain(message);
  });
});

describe('an emergency approved in the run', () => {
  const emergency = {
    emergency: 'true',
    ticket: 'INC-7',
    reason: 'Payments fail',
    version: 'v1.4.1',
    'approval-environments': 'emergency-1, emergency-2',
    'override-expires': '2026-03-04T12:00:00Z',
    token: 'job',
  };
  const review = (user: string, environment: string, state = 'approved') =>
    fetch(`${noon.url}/_sandbox/github/approvals`, {
      method: 'POST',
      body: JSON.stringify({ run_id: '7001', environment, state, user, comment: '' }),
    });
  const asked = () => noon.journal().filter(({ operation }) => operation.includes('approvals')).length;

  test('counts who reviewed it, whatever is claimed; the record says that they were seen', async () => {
    await review('ops-lead', 'emergency-1');
    const one = page.refused('an override that one person approved in the run', await run(noon, emergency));
    expect([one.code, one.outputs.decision]).toEqual([1, 'fail']);
    await review('tech-lead', 'emergency-2');
    const again = { env: { GITHUB_TRIGGERING_ACTOR: 'tech-lead' } };
    const own = await run(noon, emergency, again);
    page.refused('an override approved by who ran the run again', own);
    expect(own.outputs.decision).toBe('fail');
    const two = await run(noon, emergency);
    expect([two.code, two.outputs.decision]).toEqual([0, 'overridden']);
    expect(JSON.parse(two.outputs.report ?? '').override).toMatchObject({
      approvers: ['ops-lead', 'tech-lead'],
      approvals: 'seen',
    });
    const [{ message: warning = '' } = {}] = two.annotations;
    expect(warning).toMatch(
      /^maintenance-window: overridden under INC-7 by ops-lead and tech-lead: Payments fail\. /,
    );
    expect(two.summary).toContain('by their reviews of this run. The reason: Payments fail.');
    const app = { env: { GITHUB_ACTOR: 'deployer[bot]' } };
    const nobodys = await run(noon, emergency, app);
    page.refused('an override that an app asked for', nobodys);
    expect(nobodys.outputs.decision).toBe('fail');
    const named = await run(noon, { ...emergency, requester: 'release-manager' }, app);
    expect(named.outputs.decision).toBe('overridden');
    await review('dev-lead', 'emergency-2', 'rejected');
    const rejected = page.refused('an override that somebody rejected', await run(noon, emergency));
    expect(rejected.outputs.decision).toBe('fail');
  });

  test('asks nobody while the window is open, and says what it may not read', async () => {
    const before = asked();
    expect((await run(noon, { ...emergency, at: '2026-03-03T20:05:00Z' })).outputs.decision).toBe('pass');
    expect(asked()).toBe(before);
    expect(errorsOf(await run(noon, { ...emergency, token: 'none' }))).toContain('`actions: read`');
    const both = await run(noon, { ...emergency, approvers: 'ops-lead' });
    expect(errorsOf(both)).toContain('approvers: contradicts `approval-environments`');
  });
});

test('windows and freezes come from the policy, as texts or maps', async () => {
  const policy = `environments:
  prod:
    time-zone: Africa/Johannesburg
    maintenance-window:
      windows:
        - Tue,Thu 22:00-02:00
        - { days: Sat, from: '06:00', duration: 4h, name: Weekend }
      freezes: [2026-03-03]
`;
  const step = await runAction('maintenance-window', {
    sandbox: night.environment(),
    inputs: { environment: 'prod' },
    files: { '.github/promotion.yml': policy },
  });
  expect(step.code).toBe(1);
  expect(step.outputs['next-opens-at']).toBe('2026-03-03T22:00:00Z');
  expect(errorsOf(step)).toContain('frozen by `2026-03-03`');
});

test('every contradiction is told at once', async () => {
  const step = await runAction('maintenance-window', {
    sandbox: night.environment(),
    inputs: {
      windows: 'Tue 22:00-02:00',
      emergency: 'true',
      'calendar-copy': 'copy.json',
      'planned-start': '2026-03-03T21:00:00Z',
      'planned-end': '2026-03-03T21:00:00Z',
    },
  });
  expect(step.code).toBe(1);
  const message = errorsOf(step);
  for (const input of [
    'windows',
    'calendar-copy',
    'planned-end',
    'ticket',
    'reason',
    'approvers',
    'environment',
    'version',
    'override-expires',
  ])
    expect(message).toMatch(new RegExp(`^  ${input}: `, 'm'));
});

test.each([
  ['windows', 'Tue 25:00-02:00', '`25:00` is no time of day'],
  ['windows', '- {days: Sat}\n- {day: Sat}', 'it has neither `days`'],
  ['freezes', '2026-02-30', 'no date or time'],
  ['time-zone', 'Africa/Joburg', 'expected an IANA time zone'],
])('%s %j is refused with what is wrong', async (input, value, message) => {
  const step = await run(night, { [input]: value });
  expect(step.code).toBe(1);
  expect(errorsOf(step)).toContain(message);
});

describe('an iCalendar feed', () => {
  let server: Server;
  let url: string;
  let answer = { status: 200, body: '' };
  const freeze = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//example//EN',
    'BEGIN:VEVENT',
    'UID:a',
    'DTSTAMP:20260101T000000Z',
    'SUMMARY:Quarter end',
    'DTSTART;VALUE=DATE:20260303',
    'RRULE:FREQ=MONTHLY',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');

  beforeAll(async () => {
    server = createServer((_, response) => response.writeHead(answer.status).end(answer.body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/private-1234/basic.ics`;
  });
  afterAll(() => {
    server.close();
  });

  test('freezes the days of its events in the given zone', async () => {
    answer = { status: 200, body: freeze };
    const step = page.refused('a freeze of a calendar feed', await run(night, { 'calendar-url': url }));
    expect(step.code).toBe(1);
    expect(errorsOf(step)).toContain('frozen by `Quarter end`');
    expect(step.outputs['calendar-digest']).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('that cannot be read closes the window, and its address stays untold', async () => {
    answer = { status: 404, body: '' };
    const step = page.refused(
      'a calendar feed that cannot be read',
      await run(night, { 'calendar-url': url }),
    );
    expect([step.code, step.outputs.open]).toEqual([1, 'false']);
    expect(errorsOf(step)).toContain('A calendar that cannot be read closes the window');
    expect(step.log + step.summary).not.toContain('private-1234');
  });

  test('is replaced by a young copy', async () => {
    const { mkdtemp, rm } = await import('node:fs/promises');
    const { tmpdir } = await import('node:os');
    const { join } = await import('node:path');
    const folder = await mkdtemp(join(tmpdir(), 'copy-'));
    const inputs = {
      'calendar-url': url,
      'calendar-as': 'windows',
      'calendar-copy': join(folder, 'copy.json'),
      windows: 'Sat 06:00-07:00',
    };
    answer = { status: 200, body: freeze };
    expect((await run(night, inputs)).outputs.decision).toBe('pass');
    answer = { status: 503, body: '' };
    const replaced = await run(night, inputs);
    expect(replaced.outputs.decision).toBe('pass');
    expect(replaced.log).toContain('The copy read at 2026-03-03T20:05:00Z stands in.');
    answer = { status: 200, body: freeze };
    await run(night, inputs);
    answer = { status: 404, body: '' };
    await night.clock.advance(3_600_000);
    const old = await run(night, { ...inputs, 'calendar-copy-max-age': '30m' });
    page.refused('a calendar feed that cannot be read, with a copy that is too old', old);
    expect([old.code, old.outputs.open, old.outputs['calendar-digest']]).toEqual([1, 'false', '']);
    await rm(folder, { recursive: true });
  });
});

page.isToldInDocs();
