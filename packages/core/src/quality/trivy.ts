import * as v from 'valibot';
import { oneLine } from '../foreign-text/index.ts';
import { placeOf, shaped, Unreadable } from '../reports/index.ts';
import type { SecurityFacts, Severity, Weakness } from './facts.ts';

const severity = v.picklist(['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']);
const text = v.optional(v.string(), '');
const listOf = <S extends v.GenericSchema>(schema: S) => v.nullish(v.array(schema), () => []);

const resultSchema = v.looseObject({
  Target: v.string(),
  Vulnerabilities: listOf(
    v.looseObject({
      VulnerabilityID: v.string(),
      PkgName: v.string(),
      InstalledVersion: text,
      FixedVersion: text,
      Title: text,
      Severity: severity,
    }),
  ),
  Misconfigurations: listOf(
    v.looseObject({
      ID: v.string(),
      Title: text,
      Message: text,
      Resolution: text,
      Severity: severity,
      Status: v.optional(v.string(), 'FAIL'),
      CauseMetadata: v.optional(v.looseObject({ StartLine: v.optional(v.number()) })),
    }),
  ),
  Secrets: listOf(
    v.looseObject({
      RuleID: v.string(),
      Title: text,
      Severity: severity,
      StartLine: v.optional(v.number()),
    }),
  ),
  Licenses: listOf(v.looseObject({ Name: v.string(), PkgName: text, FilePath: text, Severity: severity })),
});
const reportSchema = v.looseObject({
  SchemaVersion: v.literal(2),
  ArtifactName: v.string(),
  Results: listOf(resultSchema),
});
type Result = v.InferOutput<typeof resultSchema>;

export function isTrivy(value: Readonly<Record<string, unknown>>): boolean {
  return 'SchemaVersion' in value && 'ArtifactName' in value;
}

/** Reads `trivy --format json`: vulnerabilities, misconfigurations, secrets (never what they are) and licences. */
export function readTrivy(value: unknown): SecurityFacts {
  const report = shaped(reportSchema, value, 'trivy --format json');
  if (report.Results.length === 0)
    throw new Unreadable(
      `has no results: Trivy found nothing in ${oneLine(report.ArtifactName)} that it could scan.`,
    );
  return {
    kind: 'security',
    format: 'Trivy',
    tool: 'Trivy',
    weaknesses: report.Results.flatMap(weaknesses),
  };
}

/** A vulnerability that nobody has rated yet counts as medium. */
function severityOf(told: v.InferOutput<typeof severity>): Severity {
  const known = {
    UNKNOWN: 'medium',
    LOW: 'low',
    MEDIUM: 'medium',
    HIGH: 'high',
    CRITICAL: 'critical',
  } as const;
  return known[told];
}

function weaknesses(result: Result): readonly Weakness[] {
  const { Target: target } = result;
  return [
    ...result.Vulnerabilities.map((found) => ({
      id: oneLine(found.VulnerabilityID),
      severity: severityOf(found.Severity),
      place: oneLine(`${found.PkgName} ${found.InstalledVersion} in ${target}`),
      message: oneLine(found.Title),
      ...(found.FixedVersion ? { fix: `Update it to ${oneLine(found.FixedVersion)}.` } : {}),
    })),
    ...result.Misconfigurations.filter(({ Status }) => Status === 'FAIL').map((found) => ({
      id: oneLine(found.ID),
      severity: severityOf(found.Severity),
      place: placeOf(target, found.CauseMetadata?.StartLine) ?? target,
      message: oneLine(found.Message || found.Title),
      ...(found.Resolution ? { fix: oneLine(found.Resolution) } : {}),
    })),
    ...result.Secrets.map((found) => ({
      id: oneLine(found.RuleID),
      severity: severityOf(found.Severity),
      place: placeOf(target, found.StartLine) ?? target,
      message: oneLine(`a secret: ${found.Title}`),
      fix: 'Revoke it, then take it out of the files and their history.',
    })),
    ...result.Licenses.map((found) => ({
      id: oneLine(found.Name),
      severity: severityOf(found.Severity),
      place: oneLine(found.PkgName || found.FilePath || target),
      message: `the licence ${oneLine(found.Name)}`,
    })),
  ];
}
