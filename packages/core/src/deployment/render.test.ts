import { expect, test } from '@jest/globals';
import { draft, memoryParameters, memoryTable } from './memory.test.ts';
import { recordDeployment } from './record-deployment.ts';
import { renderRecord } from './render.ts';

const gates = [
  {
    gate: 'maintenance-window',
    decision: 'overridden' as const,
    subject: {},
    at: '2026-03-03T20:05:00Z',
    findings: [],
    override: { ticket: 'INC-7', reason: 'Payments | fail', approvers: ['ops-lead', 'tech-lead'] },
  },
];

test('says what was deployed, who let it pass, and what was written', async () => {
  const ports = { records: memoryTable(), parameters: memoryParameters() };
  const order = {
    draft: { ...draft, gates, ticket: 'CHG-101' },
    prefix: '/tenants/prod',
    ref: 'abc',
    dryRun: false,
  };
  const text = renderRecord(await recordDeployment(order, ports), false);
  expect(text).toContain('### ✅ promote tenant-service v1.4.0 in prod: succeeded');
  expect(text).toContain('| Ticket | CHG-101 |');
  expect(text).toContain(
    '| maintenance-window | overridden | INC-7: Payments \\| fail (ops-lead, tech-lead) |',
  );
  expect(text).toContain('- parameter `/tenants/prod/deployed-version` = v1.4.0');
  expect(text).not.toContain('Reason');
  const again = await recordDeployment(order, ports);
  expect(renderRecord(again, false)).toContain('nothing changed');
  const next = await recordDeployment(
    { ...order, draft: { ...draft, deployment: 'b', toVersion: 'v1.5.0' }, dryRun: true },
    ports,
  );
  expect(renderRecord(next, true)).toContain('v1.4.0 → v1.5.0');
  expect(renderRecord(next, true)).toContain('A dry run; it would write');
});
