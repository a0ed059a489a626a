import type { Audit, DeploymentRecord } from '@promo-actions/core/deployment';
import { columns, printable } from '../table/index.ts';

const headings = ['#', 'When', 'Action', 'Status', 'Version', 'By', 'Ticket', 'Run', 'Why'] as const;

/** Records as lines of aligned columns, in the order given. */
export function recordLines(records: readonly DeploymentRecord[]): readonly string[] {
  return columns([headings, ...records.map(rowOf)]);
}

function rowOf(record: DeploymentRecord): readonly string[] {
  const { sequence, timestamp, action, status, fromVersion, toVersion, actor, ticket, run, reason } = record;
  const versions = [fromVersion, toVersion].filter(Boolean).join(' → ');
  return [String(sequence), timestamp, action, status, versions, actor, ticket ?? '', run.id, reason ?? ''];
}

/** What an audit found, in lines. */
export function auditLines({ records, flaws, last }: Audit): readonly string[] {
  const count = records === 1 ? 'one record' : `${records} records`;
  if (flaws.length === 0) {
    return last
      ? [
          `Intact: ${count}, from number 1 to ${last.sequence}.`,
          `The last one's hash is ${last.hash}; the run that wrote it says so in its output \`hash\`: ${last.run.url}`,
        ]
      : [
          'There are no records to verify. Check the environment, the service and the table; where there were records, they were removed, head and all.',
        ];
  }
  const later = flaws.every((flaw) => flaw.later);
  return [
    later
      ? `Not verified: this release does not know all that is told by ${count}.`
      : `Not intact: ${flaws.length === 1 ? 'one flaw' : `${flaws.length} flaws`} in ${count}.`,
    ...flaws.map(({ id, sequence, problem }) => {
      const number = sequence === undefined ? '' : `number ${sequence}, `;
      return `  ${number}${printable(id)}: ${printable(problem)}`;
    }),
    later
      ? 'Nothing else is wrong. Verify with the release of promo-actions that wrote it.'
      : 'Compare with a backup of the table (point-in-time recovery); CloudTrail names who wrote to it.',
  ];
}
