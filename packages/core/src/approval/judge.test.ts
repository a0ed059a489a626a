import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../gate/index.ts';
import { type ApprovalQuestion, approvalGate, judgeApprovals, type Review } from './index.ts';

const question: ApprovalQuestion = {
  quorum: new Map([
    ['tech-lead', 1],
    ['operations-lead', 1],
  ]),
  roles: new Map([
    ['tech-lead', ['dev-lead', 'architect']],
    ['operations-lead', ['ops-lead', 'architect']],
  ]),
  environments: ['prod-tech', 'prod-ops'],
  requesters: ['release-manager'],
  runUrl: 'https://github.com/example/orders/actions/runs/1',
};
const review = (
  login: string,
  environments: string | readonly string[],
  state: Review['state'] = 'approved',
  comment = '',
): Review => ({
  login,
  state,
  comment,
  environments: typeof environments === 'string' ? [environments] : environments,
});
const judge = (reviews: readonly Review[], over: Partial<ApprovalQuestion> = {}) => {
  const judged = judgeApprovals({ ...question, ...over }, reviews);
  return {
    ...judged,
    decision: decide(judged.findings),
    text: judged.findings.map((it) => it.message).join('\n'),
  };
};
const both = [review('dev-lead', 'prod-tech'), review('Ops-Lead', 'prod-ops', 'approved', 'Go.\nNow')];

describe('the people', () => {
  test('one of each role is enough, and the chain says who stood for what', () => {
    const judged = judge(both);
    expect([judged.decision, judged.approvers]).toEqual(['pass', ['dev-lead', 'ops-lead']]);
    expect(judged.chain).toEqual([
      { environment: 'prod-tech', login: 'dev-lead', state: 'approved', comment: '', role: 'tech-lead' },
      {
        environment: 'prod-ops',
        login: 'Ops-Lead',
        state: 'approved',
        comment: 'Go. Now',
        role: 'operations-lead',
      },
    ]);
  });

  test('one person is one person, in however many environments and roles', () => {
    const judged = judge([review('architect', ['prod-tech', 'prod-ops'])]);
    expect(judged.decision).toBe('fail');
    expect(judged.approvers).toEqual(['architect']);
    expect(judged.text).toContain('1 approval is missing: operations-lead needs 1 and has nobody.');
  });

  test('who asked does not count, by any of their names', () => {
    const judged = judge(both, { requesters: ['someone', '@OPS-Lead'] });
    expect(judged.decision).toBe('fail');
    expect(judged.text).toContain('ops-lead approved and asked for this change');
    expect(judged.text).toContain('has nobody. Not counted: ops-lead asked for this change.');
    expect(judged.findings.find(({ outcome }) => outcome === 'fail')?.remedy).toContain('architect');
  });

  test('who has no such role does not count', () => {
    const judged = judge([review('dev-lead', 'prod-tech'), review('tester', 'prod-ops')]);
    expect(judged.decision).toBe('fail');
    expect(judged.text).toContain('tester approved and is none of tech-lead and operations-lead');
    expect(judge([...both, review('architect', 'prod-ops')]).text).toContain(
      'enough others stand for the same role',
    );
  });

  test('an approval of another environment does not count, a rejection of any does, for the whole run', () => {
    expect(judge([review('dev-lead', 'sit'), review('ops-lead', 'prod-ops')]).decision).toBe('fail');
    const judged = judge([...both, review('tester', 'sit', 'rejected', 'No')]);
    expect(judged.decision).toBe('fail');
    expect(judged.text).toContain('tester rejected sit: No.');
  });

  test('what is not answered yet holds; what was never asked fails and says how to ask', () => {
    const waiting = judge([review('dev-lead', 'prod-tech'), review('ops-lead', 'prod-ops', 'pending')]);
    expect(waiting.decision).toBe('hold');
    expect(waiting.text).toContain('Not answered yet: prod-ops.');
    const silent = judge([review('dev-lead', 'prod-tech')]);
    expect(silent.decision).toBe('fail');
    expect(silent.findings.at(-1)?.remedy).toContain('Nobody was asked about prod-ops');
    const one = judge([review('dev-lead', 'prod')], { environments: ['prod'] });
    expect(one.findings.at(-1)?.remedy).toContain('GitHub lets one reviewer answer for an environment');
  });

  test('nobody is needed where the matrix asks nobody, and a rejection still counts', () => {
    expect(judge([], { quorum: new Map() }).decision).toBe('pass');
    expect(judge([review('x', 'sit', 'rejected')], { quorum: new Map() }).decision).toBe('fail');
  });

  test('more approvals never turn a pass into anything else, and a rejection always does', () => {
    const anyone = fc.constantFrom('dev-lead', 'ops-lead', 'architect', 'tester', 'release-manager');
    const anyReview = fc.tuple(anyone, fc.constantFrom('prod-tech', 'prod-ops', 'sit'));
    fc.assert(
      fc.property(fc.array(anyReview), anyReview, (given, [login, environment]) => {
        const reviews = given.map(([who, where]) => review(who, where));
        const before = judge(reviews).decision;
        const after = judge([...reviews, review(login, environment)]).decision;
        if (before === 'pass') expect(after).toBe('pass');
        expect(judge([...reviews, review(login, environment, 'rejected')]).decision).toBe('fail');
        if (after === 'pass') {
          const people = new Set([...reviews.map((it) => it.login), login]);
          people.delete('release-manager');
          expect(people.size).toBeGreaterThanOrEqual(2);
        }
      }),
    );
  });
});

test('a run that an app started holds until it is said who asked', async () => {
  const gate = (over: object) =>
    approvalGate(
      { ...question, runId: '1', named: false, subject: {}, requesters: ['deployer[bot]'], ...over },
      { reviews: async () => both },
      { now: () => 0, sleep: async () => {} },
    ).then(({ report }) => report.decision);
  expect(await gate({})).toBe('hold');
  expect(await gate({ requesters: ['deployer[bot]', 'dev-lead'], named: true })).toBe('fail');
  expect(await gate({ requesters: ['deployer[bot]', 'release-manager'], named: true })).toBe('pass');
  expect(await gate({ requesters: ['release-manager'] })).toBe('pass');
});
