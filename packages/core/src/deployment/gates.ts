import { pipe, rawTransform, unknown } from 'valibot';
import { json } from '../action/index.ts';
import type { Decision, GateReport } from '../gate/index.ts';

const decisions: readonly Decision[] = ['pass', 'fail', 'hold', 'overridden', 'skipped'];

/** The reports and the head's copy of them must fit into one item of 400 KB. */
const largest = 150_000;

class NoReport extends Error {}

/** An input of gate reports: what the gates' `report` outputs say, as a list or as a map by name. */
export function gateReports(description: string) {
  const schema = pipe(
    unknown(),
    rawTransform<unknown, readonly GateReport[]>(({ dataset, addIssue, NEVER }) => {
      try {
        return readReports(dataset.value);
      } catch (error) {
        if (!(error instanceof NoReport)) throw error;
        addIssue({ message: error.message });
        return NEVER;
      }
    }),
  );
  return json(
    schema,
    'the `report` outputs of gates, as a list or as a map by name, in JSON or YAML',
    description,
  );
}

/** Empty entries are gates that did not run: a map names them, so they are recorded as skipped. */
function readReports(value: unknown): readonly GateReport[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') throw new NoReport('is neither a list nor a map of reports');
  const reports = Array.isArray(value)
    ? value
        .filter((entry) => !isEmpty(entry))
        .flatMap((entry, index) => readReport(entry, `entry ${index + 1}`))
    : isReport(value)
      ? [value]
      : Object.entries(value).flatMap(([name, entry]) =>
          isEmpty(entry) ? [skipped(name)] : readReport(entry, name),
        );
  const size = JSON.stringify(reports).length;
  if (size > largest)
    throw new NoReport(
      `has ${Math.ceil(size / 1_000)} KB, and a record holds ${largest / 1_000} KB of reports; leave out the longest`,
    );
  return reports;
}

function readReport(entry: unknown, name: string): readonly GateReport[] {
  const value = typeof entry === 'string' ? parse(entry, name) : entry;
  if (!isReport(value))
    throw new NoReport(`${name}: is no gate's report: it needs \`gate\`, \`decision\` and \`findings\``);
  return [value];
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NoReport(`${name}: is not the JSON of a \`report\` output`);
  }
}

function isReport(value: unknown): value is GateReport {
  if (typeof value !== 'object' || value === null) return false;
  if (!('gate' in value) || !('decision' in value) || !('findings' in value)) return false;
  return (
    typeof value.gate === 'string' &&
    decisions.some((decision) => decision === value.decision) &&
    Array.isArray(value.findings)
  );
}

function isEmpty(entry: unknown): boolean {
  return entry === null || entry === undefined || (typeof entry === 'string' && entry.trim() === '');
}

function skipped(gate: string): GateReport {
  return { gate, decision: 'skipped', subject: {}, at: '', findings: [] };
}
