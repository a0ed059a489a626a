import * as v from 'valibot';
import { oneLine } from '../foreign-text/index.ts';
import { shaped, Unreadable } from '../reports/index.ts';
import type { SecurityFacts, Severity } from './facts.ts';

const severity = v.picklist(['info', 'low', 'moderate', 'high', 'critical']);
const asSeverity: Readonly<Record<v.InferOutput<typeof severity>, Severity>> = {
  info: 'none',
  low: 'low',
  moderate: 'medium',
  high: 'high',
  critical: 'critical',
};
const counts = v.objectWithRest({ total: v.optional(v.number()) }, v.number());

const versionTwo = v.looseObject({
  auditReportVersion: v.literal(2),
  vulnerabilities: v.record(
    v.string(),
    v.looseObject({
      name: v.string(),
      severity,
      range: v.optional(v.string(), ''),
      via: v.array(v.union([v.string(), v.looseObject({ title: v.string(), url: v.optional(v.string()) })])),
      fixAvailable: v.optional(
        v.union([v.boolean(), v.looseObject({ name: v.string(), version: v.string() })]),
        false,
      ),
    }),
  ),
  metadata: v.looseObject({ vulnerabilities: counts }),
});

const versionOne = v.looseObject({
  advisories: v.record(
    v.string(),
    v.looseObject({
      module_name: v.string(),
      severity,
      title: v.string(),
      url: v.optional(v.string()),
      vulnerable_versions: v.optional(v.string(), ''),
      patched_versions: v.nullish(v.string()),
    }),
  ),
  metadata: v.looseObject({ vulnerabilities: counts }),
});

const failure = v.looseObject({
  error: v.looseObject({ code: v.optional(v.string()), summary: v.optional(v.string(), '') }),
  message: v.optional(v.string(), ''),
});

/** Which shape of `npm audit --json` it is: that of npm 7 and later, that of npm 6 and pnpm, or an error in place of a report. */
export function auditReader(
  value: Readonly<Record<string, unknown>>,
): ((value: unknown) => SecurityFacts) | undefined {
  if ('auditReportVersion' in value) return readTwo;
  if ('advisories' in value && 'metadata' in value) return readOne;
  if ('error' in value && v.is(failure, value)) return refuse;
  return undefined;
}

function readTwo(value: unknown): SecurityFacts {
  const { vulnerabilities, metadata } = shaped(versionTwo, value, 'npm audit --json');
  const listed = Object.values(vulnerabilities);
  agree(metadata.vulnerabilities, listed.length);
  return {
    kind: 'security',
    format: 'npm audit',
    tool: 'npm audit',
    weaknesses: listed.map((found) => {
      const advisories = found.via.filter((via) => typeof via === 'object');
      const dependencies = found.via.filter((via) => typeof via === 'string');
      const titles = advisories.map(({ title, url }) => (url ? `${title} (${url})` : title));
      const through = dependencies.length > 0 ? [`through ${dependencies.join(', ')}`] : [];
      const { fixAvailable } = found;
      return {
        id: oneLine(found.name),
        severity: asSeverity[found.severity],
        place: oneLine(`${found.name} ${found.range}`),
        message: oneLine([...titles, ...through].join('; ')),
        ...(fixAvailable === false
          ? {}
          : {
              fix:
                fixAvailable === true
                  ? '`npm audit fix` mends it.'
                  : `Update ${oneLine(`${fixAvailable.name} to ${fixAvailable.version}`)}.`,
            }),
      };
    }),
  };
}

function readOne(value: unknown): SecurityFacts {
  const { advisories, metadata } = shaped(versionOne, value, 'npm audit --json of npm 6 or pnpm');
  const listed = Object.values(advisories);
  // Counted by path there, so more than advisories; but none listed where some are counted cannot be.
  if (listed.length === 0) agree(metadata.vulnerabilities, 0);
  return {
    kind: 'security',
    format: 'npm audit',
    tool: 'npm audit',
    weaknesses: listed.map((found) => ({
      id: oneLine(found.module_name),
      severity: asSeverity[found.severity],
      place: oneLine(`${found.module_name} ${found.vulnerable_versions}`),
      message: oneLine(found.url ? `${found.title} (${found.url})` : found.title),
      ...(found.patched_versions && found.patched_versions !== '<0.0.0'
        ? { fix: `Update it to ${oneLine(found.patched_versions)}.` }
        : {}),
    })),
  };
}

function agree({ total, ...bySeverity }: v.InferOutput<typeof counts>, listed: number): void {
  const counted = total ?? Object.values(bySeverity).reduce((all: number, some) => all + (some ?? 0), 0);
  if (counted > listed)
    throw new Unreadable(`counts ${counted} vulnerabilities and lists ${listed}: it is not whole.`);
}

function refuse(value: unknown): never {
  const { error, message } = v.parse(failure, value);
  const why = oneLine([error.code, error.summary || message].filter(Boolean).join(': '));
  throw new Unreadable(
    `is an error in place of a report: npm says ${why.replace(/\.$/, '') || 'nothing more'}.`,
  );
}
