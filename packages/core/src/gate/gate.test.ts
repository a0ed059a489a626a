import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide, type Finding, type Outcome, renderReport } from './index.ts';

const finding = (outcome: Outcome): Finding => ({
  check: 'errors',
  outcome,
  seen: '3',
  limit: '< 5',
  message: 'm',
});
const override = { ticket: 'CHG-1', reason: 'outage', approvers: ['ops-lead', 'tech-lead'] };
const outcomes = fc.array(fc.constantFrom<Outcome>('pass', 'fail', 'hold', 'info'));

test('nothing seen is a hold, not a pass', () => {
  expect(decide([])).toBe('hold');
  expect(decide([finding('info')])).toBe('hold');
});

test('it passes only when every finding passes; one failure fails it; order does not matter', () => {
  fc.assert(
    fc.property(outcomes, (given) => {
      const decision = decide(given.map(finding));
      expect(decision === 'fail').toBe(given.includes('fail'));
      expect(decision === 'pass').toBe(
        given.includes('pass') && !given.includes('fail') && !given.includes('hold'),
      );
      expect(decide(given.map(finding).reverse())).toBe(decision);
    }),
  );
});

test('an override lets everything but a pass be overridden', () => {
  fc.assert(
    fc.property(outcomes, (given) => {
      const findings = given.map(finding);
      expect(decide(findings, override)).toBe(decide(findings) === 'pass' ? 'pass' : 'overridden');
    }),
  );
});

test('the rendered report cannot be broken by what it shows', () => {
  const nasty = { ...finding('fail'), seen: 'a|b\n<script>', remedy: 'Look.' };
  const shown = renderReport('stability-check', {
    gate: 'g',
    decision: 'fail',
    subject: {},
    at: 'now',
    findings: [nasty],
  });
  expect(shown).toContain('a\\|b<br>&lt;script>');
  expect(shown.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3);
});
