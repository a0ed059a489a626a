import { expect, test } from '@jest/globals';
import { gateReports } from './gates.ts';

const input = gateReports('Reports.');
const report = (gate: string, decision = 'pass') => ({
  gate,
  decision,
  subject: {},
  at: '2026-03-03T20:05:00Z',
  findings: [],
});
const gates = (value: unknown) =>
  input.parse(JSON.stringify(value))?.map(({ gate, decision }) => `${gate} ${decision}`);

test('a list, a map, one report, and reports as the text of their outputs are all read', () => {
  expect(gates([report('a'), report('b', 'overridden')])).toEqual(['a pass', 'b overridden']);
  expect(gates([JSON.stringify(report('a')), ''])).toEqual(['a pass']);
  expect(gates({ window: report('a'), jira: JSON.stringify(report('b')) })).toEqual(['a pass', 'b pass']);
  expect(gates(report('a'))).toEqual(['a pass']);
  expect(gates([])).toEqual([]);
  expect(input.parse('- {gate: a, decision: hold, findings: []}')).toHaveLength(1);
});

test('a gate of the map that did not run is recorded as skipped', () => {
  expect(gates({ window: report('a'), jira: '' })).toEqual(['a pass', 'jira skipped']);
});

test.each([
  [[{ gate: 'a' }], /entry 1: is no gate's report/],
  [{ window: { gate: 'a', decision: 'maybe', findings: [] } }, /window: is no gate's report/],
  [{ window: '{"gate"' }, /window: is not the JSON/],
  ['text', /neither a list nor a map/],
  [[{ ...report('a'), findings: ['x'.repeat(200_000)] }], /201 KB, and a record holds 150 KB/],
])('%j is refused', (value, message) => {
  expect(() => gates(value)).toThrow(message);
});
