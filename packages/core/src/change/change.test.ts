import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Clock } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import { changeGate, type Operation, type Promotion, type Verify } from './gate.ts';
import type {
  Approval,
  Comment,
  NewTicket,
  Status,
  Ticket,
  TicketLink,
  TicketSystem,
  Transition,
} from './ports.ts';

const now = Date.UTC(2026, 2, 3, 20, 5);
const clock: Clock = { now: () => now, sleep: async () => {} };
const fields = { start: 'Planned start', end: 'Planned end' };
const approved: Status = { id: '3', name: 'Approved' };
const done: Status = { id: '4', name: 'Done' };
const promotion: Promotion = {
  repository: 'example/orders',
  runId: '7001',
  environment: 'prod',
  service: 'orders',
  version: 'v1.4.0',
  key: undefined,
};

interface Content {
  ticket?: Partial<Ticket>;
  approvals?: readonly Approval[];
  transitions?: readonly Transition[];
}

/** A ticket system in memory, with one ticket CHG-1, that counts what is written. */
function system({
  ticket,
  approvals = [],
  transitions = [{ id: '31', name: 'Finish', to: done }],
}: Content = {}) {
  const tickets = new Map<string, Ticket>([
    [
      'CHG-1',
      {
        key: 'CHG-1',
        url: 'https://jira.test/browse/CHG-1',
        summary: 'Orders v1.4.0',
        status: approved,
        ...ticket,
      },
    ],
  ]);
  const labels = new Map<string, string>();
  const comments: Comment[] = [];
  const links = new Map<string, TicketLink>();
  const writes: string[] = [];
  const lost: ('before' | 'after' | 'refused')[] = [];
  const write = async (what: string, act: () => void) => {
    writes.push(what);
    const fate = lost.shift();
    if (fate === 'refused') throw new OutsideError({ what, remedy: 'Mend it', code: 'HTTP 400' });
    if (fate !== 'before') act();
    if (fate) throw new OutsideError({ what, remedy: 'Run again' });
  };
  const ticketSystem: TicketSystem = {
    find: async (key) => tickets.get(key),
    approvals: async () => approvals,
    transitions: async () => transitions,
    transition: (key, id) =>
      write('transition', () => {
        const [before, chosen] = [tickets.get(key), transitions.find((it) => it.id === id)];
        if (before && chosen) tickets.set(key, { ...before, status: chosen.to });
      }),
    comments: async () => comments,
    addComment: (_, text) => write('add', () => comments.push({ id: String(comments.length + 1), text })),
    changeComment: (_, id, text) => write('change', () => comments.splice(Number(id) - 1, 1, { id, text })),
    link: async (_, id) => links.get(id),
    putLink: (_, link) => write('link', () => links.set(link.id, link)),
    labelled: async (_, label) => tickets.get(labels.get(label) ?? ''),
    async create(wanted: NewTicket) {
      const key = `CHG-${tickets.size + 1}`;
      await write('create', () => {
        labels.set(wanted.label, key);
        tickets.set(key, {
          key,
          url: `https://jira.test/browse/${key}`,
          summary: wanted.title,
          status: { id: '1', name: 'Open' },
        });
      });
      return key;
    },
  };
  return { tickets: ticketSystem, comments, links, writes, lost, labels };
}

async function run(operation: Operation, world = system(), given: Partial<Promotion> = {}, dryRun = false) {
  const result = await changeGate(
    operation,
    { ...promotion, ...given },
    fields,
    dryRun,
    world.tickets,
    clock,
  );
  const says = result.report.findings.map((it) => `${it.message} ${it.remedy ?? ''}`).join('\n');
  const outcomes = Object.fromEntries(result.report.findings.map((it) => [it.check, it.outcome]));
  return { ...result, says, outcomes, decision: result.report.decision };
}

describe('verify', () => {
  const ask: Verify = {
    operation: 'verify',
    ticket: 'CHG-1',
    approvedStatuses: ['Approved', '77'],
    requireApproval: false,
    schedule: 'when-planned',
  };
  const verify = (given: Partial<Verify>, content: Content = {}) =>
    run({ ...ask, ...given }, system(content));

  test('passes a ticket in an approved status, by name in any case or by ID', async () => {
    const result = await verify({});
    expect(result.decision).toBe('pass');
    expect(result.report.subject).toEqual({ environment: 'prod', service: 'orders', version: 'v1.4.0' });
    expect((await verify({ approvedStatuses: ['APPROVED'] })).decision).toBe('pass');
    expect((await verify({ approvedStatuses: ['3'] })).decision).toBe('pass');
  });

  test('refuses another status, and a ticket that is not there', async () => {
    const declined = await verify({}, { ticket: { status: { id: '9', name: 'Declined' } } });
    expect(declined.decision).toBe('fail');
    expect(declined.says).toContain('CHG-1 is Declined (status 9), not Approved or 77.');
    const missing = await verify({ ticket: 'CHG-9' });
    expect(missing.decision).toBe('fail');
    expect(missing.ticket).toBeUndefined();
    expect(missing.says).toContain('There is no ticket CHG-9, or the user may not see it.');
  });

  test.each<[string, readonly Approval[], 'pass' | 'fail', string]>([
    ['nobody was asked', [], 'fail', 'nobody was asked for one'],
    ['all approved', [{ name: 'CAB', decision: 'approved', asked: 1 }], 'pass', 'approved by CAB'],
    [
      'one still pending',
      [
        { name: 'CAB', decision: 'approved', asked: 1 },
        { name: 'Security', decision: 'pending', asked: 2 },
      ],
      'fail',
      'not approved: Security pending',
    ],
    ['declined', [{ name: 'CAB', decision: 'declined', asked: 1 }], 'fail', 'needs a new approval'],
    [
      'declined and approved at once',
      [
        { name: 'CAB', decision: 'declined', asked: 0 },
        { name: 'CAB', decision: 'approved', asked: 0 },
      ],
      'fail',
      'CAB declined',
    ],
    [
      'declined, asked again, approved',
      [
        { name: 'CAB', decision: 'approved', asked: 2 },
        { name: 'CAB', decision: 'declined', asked: 1 },
      ],
      'pass',
      'approved by CAB',
    ],
    [
      'approved, asked again, pending',
      [
        { name: 'CAB', decision: 'approved', asked: 1 },
        { name: 'CAB', decision: 'pending', asked: 2 },
      ],
      'fail',
      'CAB pending',
    ],
    ['a word nobody knows', [{ name: 'CAB', decision: 'maybe', asked: 1 }], 'fail', 'CAB maybe'],
  ])('approvals, %s', async (_, approvals, outcome, words) => {
    const result = await verify({ requireApproval: true }, { approvals });
    expect(result.outcomes.approvals).toBe(outcome);
    expect(result.says).toContain(words);
  });

  test('an order of approvals never matters, only their times', () => {
    const approval = fc.record({
      name: fc.constantFrom('CAB', 'Security'),
      decision: fc.constantFrom('approved', 'declined', 'pending'),
    });
    return fc.assert(
      fc.asyncProperty(
        fc.array(approval, { minLength: 1, maxLength: 5 }),
        fc.infiniteStream(fc.nat()),
        async (asked, chance) => {
          const timed = asked.map((it, index) => ({ ...it, asked: index }));
          const shuffled = timed
            .map((it) => ({ it, at: chance.next().value }))
            .sort((a, b) => a.at - b.at)
            .map(({ it }) => it);
          const expected = ['CAB', 'Security'].every((name) =>
            [undefined, 'approved'].includes(timed.findLast((it) => it.name === name)?.decision),
          );
          const result = await verify({ requireApproval: true }, { approvals: shuffled });
          expect(result.outcomes.approvals).toBe(expected ? 'pass' : 'fail');
        },
      ),
    );
  });

  const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString().replace('Z', '+0000');
  test.each<[string, Partial<Ticket>, string, string, string]>([
    ['inside', { plannedStart: at(-60), plannedEnd: at(90) }, 'pass', 'pass', 'with 1h 30m left'],
    ['to the minute', { plannedStart: at(0), plannedEnd: at(1) }, 'pass', 'pass', 'with 1m left'],
    [
      'before it',
      { plannedStart: at(90), plannedEnd: at(120) },
      'fail',
      'fail',
      'planned to start at 2026-03-03T21:35:00Z, in 1h 30m',
    ],
    [
      'when it ends',
      { plannedStart: at(-60), plannedEnd: at(0) },
      'fail',
      'fail',
      'ended at 2026-03-03T20:05:00Z',
    ],
    [
      'another zone',
      { plannedStart: '2026-03-03T22:00:00.000+0200', plannedEnd: '2026-03-03T23:00:00.000+0200' },
      'pass',
      'pass',
      'with 55m left',
    ],
    [
      'upside down',
      { plannedStart: at(60), plannedEnd: at(-60) },
      'fail',
      'fail',
      'planned to end before it starts',
    ],
    ['start alone, not yet', { plannedStart: at(5), plannedEnd: null }, 'fail', 'fail', 'Planned'],
    ['end alone, not yet', { plannedStart: null, plannedEnd: at(5) }, 'pass', 'fail', 'Planned'],
    ['empty fields', { plannedStart: null, plannedEnd: null }, 'info', 'fail', '`Planned start` is empty'],
    ['no such fields', {}, 'info', 'fail', 'it has no field `Planned start`'],
    [
      'a date without a time',
      { plannedStart: '2026-03-03', plannedEnd: at(5) },
      'fail',
      'fail',
      '2026-03-03 is no date with a time',
    ],
  ])('schedule, %s', async (_, ticket, whenPlanned, strict, words) => {
    const results = [await verify({}, { ticket }), await verify({ schedule: 'true' }, { ticket })];
    expect(results.map((it) => it.outcomes.schedule)).toEqual([whenPlanned, strict]);
    expect(
      results
        .map((it) => it.says)
        .join()
        .toLowerCase(),
    ).toContain(words.toLowerCase());
    expect((await verify({ schedule: 'false' }, { ticket })).outcomes.schedule).toBeUndefined();
  });

  test('tells the planned times', async () => {
    const result = await verify({}, { ticket: { plannedStart: at(-1), plannedEnd: at(1) } });
    expect([result.plannedStart, result.plannedEnd]).toEqual([now - 60_000, now + 60_000]);
  });
});

describe('comment', () => {
  const ask = (text: string): Operation => ({ operation: 'comment', ticket: 'CHG-1', text });

  test('is there once however often the step runs, and again for another text or run', async () => {
    const world = system();
    expect((await run(ask('Started'), world)).changed).toBe(true);
    expect((await run(ask('Started'), world)).changed).toBe(false);
    await run(ask('Succeeded'), world);
    await run(ask('Started'), world, { runId: '7002' });
    expect(world.comments.map((it) => it.text.split('\n')[0])).toEqual(['Started', 'Succeeded', 'Started']);
  });

  test('with a key of its own it changes with its text', async () => {
    const world = system();
    for (const text of ['Started', 'Started', 'Succeeded'])
      await run(ask(text), world, { key: 'prod/v1.4.0' });
    expect(world.writes).toEqual(['add', 'change']);
    expect(world.comments.map((it) => it.text.split('\n')[0])).toEqual(['Succeeded']);
    await run(ask('Other'), world, { key: 'prod' });
    expect(world.comments).toHaveLength(2);
  });

  test('a text beyond what tickets take is cut, and still found', async () => {
    const world = system();
    await run(ask('x'.repeat(40_000)), world);
    await run(ask('x'.repeat(40_000)), world);
    expect(world.comments.map((it) => it.text.length < 31_000 && it.text.includes('cut here'))).toEqual([
      true,
    ]);
  });

  test.each(['before', 'after'] as const)('an answer lost %s its effect leaves one comment', async (fate) => {
    const world = system();
    world.lost.push(fate);
    expect((await run(ask('Started'), world)).decision).toBe('pass');
    expect(world.comments).toHaveLength(1);
  });

  test('a refusal is not tried again', async () => {
    const world = system();
    world.lost.push('refused');
    await expect(run(ask('Started'), world)).rejects.toThrow('HTTP 400');
    expect(world.writes).toEqual(['add']);
  });

  test('on a missing ticket fails, and nothing is written', async () => {
    const world = system();
    const result = await run({ operation: 'comment', ticket: 'CHG-9', text: 'x' }, world);
    expect([result.decision, world.writes]).toEqual(['fail', []]);
  });
});

describe('transition', () => {
  const ask = (to: string): Operation => ({ operation: 'transition', ticket: 'CHG-1', to });

  test.each(['Done', 'done', '4', 'Finish', '31'])('to %s', async (to) => {
    const world = system();
    const result = await run(ask(to), world);
    expect([result.decision, result.changed, result.ticket?.status.name]).toEqual(['pass', true, 'Done']);
    expect((await run(ask('Done'), world)).changed).toBe(false);
    expect(world.writes).toEqual(['transition']);
  });

  test('that is not available tells what is', async () => {
    const result = await run(ask('Closed'));
    expect(result.says).toContain('CHG-1 cannot go from Approved to Closed. It offers Finish → Done.');
    expect((await run(ask('Closed'), system({ transitions: [] }))).says).toContain(
      'no transition to this user',
    );
  });

  test.each(['before', 'after'] as const)('an answer lost %s its effect is found out', async (fate) => {
    const world = system();
    world.lost.push(fate);
    expect((await run(ask('Done'), world)).ticket?.status.name).toBe('Done');
    expect(world.writes).toHaveLength(fate === 'before' ? 2 : 1);
  });
});

describe('link', () => {
  const ask = (url: string): Operation => ({ operation: 'link', ticket: 'CHG-1', url, title: 'Promotion' });

  test('there is one for each environment and version, leading to the last run', async () => {
    const world = system();
    for (const url of ['https://run/1', 'https://run/1', 'https://run/2']) await run(ask(url), world);
    expect([...world.links]).toEqual([
      [
        'promo-actions:example/orders:prod/orders/v1.4.0',
        { id: 'promo-actions:example/orders:prod/orders/v1.4.0', url: 'https://run/2', title: 'Promotion' },
      ],
    ]);
    expect(world.writes).toEqual(['link', 'link']);
    await run(ask('https://run/2'), world, { version: undefined });
    expect(world.links.has('promo-actions:example/orders:run 7001')).toBe(true);
  });
});

describe('create', () => {
  const ask: Operation = {
    operation: 'create',
    project: 'CHG',
    type: 'Change',
    title: 'Promote',
    description: '',
    fields: {},
  };

  test('makes one ticket for a promotion', async () => {
    const world = system();
    const first = await run(ask, world);
    expect([first.decision, first.changed, first.ticket?.key]).toEqual(['pass', true, 'CHG-2']);
    const second = await run(ask, world);
    expect([second.changed, second.ticket?.key]).toEqual([false, 'CHG-2']);
    expect((await run(ask, world, { version: 'v1.5.0' })).ticket?.key).toBe('CHG-3');
    expect([...world.labels.keys()]).toEqual(['promo-prod-orders-v1.4.0', 'promo-prod-orders-v1.5.0']);
  });
});

test.each<Operation>([
  { operation: 'comment', ticket: 'CHG-1', text: 'x' },
  { operation: 'transition', ticket: 'CHG-1', to: 'Done' },
  { operation: 'link', ticket: 'CHG-1', url: 'https://run/1', title: 'x' },
  { operation: 'create', project: 'CHG', type: 'Change', title: 'x', description: '', fields: {} },
])('a dry run of $operation says what it would do and writes nothing', async (operation) => {
  const world = system();
  const result = await run(operation, world, {}, true);
  expect([result.decision, result.changed, world.writes]).toEqual(['pass', false, []]);
  expect(result.says).toContain('Dry run: ');
});
