import { cell, table } from '../markdown/index.ts';
import type { Recorded } from './record-deployment.ts';

const marks = { started: '▶️', succeeded: '✅', failed: '❌', 'rolled-back': '↩️' } as const;

/** The record's section of the job summary: what was deployed, by whom and why, what each gate decided, what was written. */
export function renderRecord({ record, current, written }: Recorded, dryRun: boolean): string {
  const { fromVersion, toVersion } = record;
  const versions = [fromVersion, toVersion].filter(Boolean).join(' → ');
  const title = `${record.action} ${record.service} ${versions} in ${record.environment}: ${record.status}`;
  const facts = [
    ['Actor', record.actor],
    ['Ticket', record.ticket],
    ['Reason', record.reason],
    ['Components', record.components.map(({ name, version }) => `${name}=${version}`).join(', ')],
    ['Deployed now', current ? `${current.version} since ${current.since}` : undefined],
    ['Record', `${record.sequence} of its chain, ${record.id}`],
    ['Hash', record.hash],
  ].filter((fact): fact is [string, string] => Boolean(fact[1]));
  const sections = [`### ${marks[record.status]} ${cell(title)}`, table(['', ''], facts)];
  if (record.gates.length > 0) {
    const rows = record.gates.map(({ gate, decision, override }) => [
      gate,
      decision,
      override ? `${override.ticket}: ${override.reason} (${override.approvers.join(', ')})` : '',
    ]);
    sections.push(table(['Gate', 'Decision', 'Overridden'], rows));
  }
  const what = written.map((line) => `- ${cell(line)}`).join('\n');
  if (written.length === 0) sections.push('Everything was written before; nothing changed.\n');
  else sections.push(`${dryRun ? 'A dry run; it would write' : 'Written'}:\n\n${what}\n`);
  return sections.join('\n\n');
}
