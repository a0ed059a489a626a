import { expect, test } from '@jest/globals';
import { type Emergency, grantOverride } from './override.ts';

const now = Date.parse('2026-03-04T10:00:00Z');
const emergency: Emergency = {
  ticket: 'INC-7',
  reason: 'Payments fail',
  approvers: ['ops-lead', '@Tech-Lead'],
  approvals: 'claimed',
  environment: 'prod',
  version: 'v1.4.1',
  expires: now + 3_600_000,
};
function problems(change: Partial<Emergency>): string {
  const granted = grantOverride({ ...emergency, ...change }, ['release-manager'], now);
  return 'problems' in granted ? granted.problems.join('; ') : 'granted';
}

test('two people other than the requester override for one environment and version, until it expires', () => {
  expect(grantOverride(emergency, ['release-manager'], now)).toEqual({
    override: {
      ticket: 'INC-7',
      reason: 'Payments fail',
      approvers: ['ops-lead', 'tech-lead'],
      approvals: 'claimed',
      environment: 'prod',
      version: 'v1.4.1',
      expires: '2026-03-04T11:00:00Z',
    },
  });
});

test.each<[string, Partial<Emergency>, RegExp]>([
  ['one person', { approvers: ['ops-lead'] }, /only ops-lead/],
  ['one person twice', { approvers: ['ops-lead', '@Ops-Lead '] }, /only ops-lead/],
  [
    'the requester',
    { approvers: ['ops-lead', 'Release-Manager'] },
    /only ops-lead \(who asks cannot approve\)/,
  ],
  ['nobody', { approvers: ['@', ' '] }, /has nobody/],
  ['an app', { approvers: ['ops-lead', 'renovate[bot]'] }, /only ops-lead/],
  ['an expired one', { expires: now }, /expired at 2026-03-04T10:00:00Z/],
  ['a standing one', { expires: now + 25 * 3_600_000 }, /24 hours at most/],
  ['no reason', { reason: '  ' }, /no reason/],
])('%s does not', (_, change, message) => {
  expect(problems(change)).toMatch(message);
});

test('what an app asks for is nobody’s: who it asks for could have approved', () => {
  const granted = grantOverride(emergency, ['deployer[bot]', ''], now);
  expect(granted).toEqual({
    problems: [expect.stringContaining('asked for by deployer[bot], so which person')],
  });
});

test('every problem is told at once', () => {
  expect(problems({ approvers: [], reason: '', expires: 0 }).split('; ')).toHaveLength(3);
});
