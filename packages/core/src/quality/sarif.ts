import * as v from 'valibot';
import { oneLine } from '../foreign-text/index.ts';
import { placeOf, shaped, Unreadable } from '../reports/index.ts';
import type { SecurityFacts, Severity, Weakness } from './facts.ts';

const index = v.optional(v.number(), -1);
const level = v.picklist(['none', 'note', 'warning', 'error']);
const properties = v.optional(
  v.looseObject({ 'security-severity': v.optional(v.union([v.string(), v.number()])) }),
);
const ruleSchema = v.looseObject({
  id: v.string(),
  defaultConfiguration: v.optional(v.looseObject({ level: v.optional(level) })),
  properties,
  helpUri: v.optional(v.string()),
});
const componentSchema = v.looseObject({ name: v.string(), rules: v.optional(v.array(ruleSchema), []) });
const artifactSchema = v.looseObject({ uri: v.optional(v.string()), index });
const resultSchema = v.looseObject({
  ruleId: v.optional(v.string()),
  ruleIndex: index,
  rule: v.optional(
    v.looseObject({
      id: v.optional(v.string()),
      index,
      toolComponent: v.optional(v.looseObject({ index })),
    }),
  ),
  level: v.optional(level),
  kind: v.optional(v.string(), 'fail'),
  baselineState: v.optional(v.string()),
  message: v.looseObject({ text: v.optional(v.string()) }),
  properties,
  suppressions: v.optional(v.array(v.looseObject({ status: v.optional(v.string(), 'accepted') })), []),
  locations: v.optional(
    v.array(
      v.looseObject({
        physicalLocation: v.optional(
          v.looseObject({
            artifactLocation: v.optional(artifactSchema),
            region: v.optional(v.looseObject({ startLine: v.optional(v.number()) })),
          }),
        ),
      }),
    ),
    [],
  ),
});
const runSchema = v.looseObject({
  tool: v.looseObject({ driver: componentSchema, extensions: v.optional(v.array(componentSchema), []) }),
  results: v.nullish(v.array(resultSchema)),
  artifacts: v.optional(v.array(v.looseObject({ location: v.optional(artifactSchema) })), []),
  invocations: v.optional(v.array(v.looseObject({ executionSuccessful: v.optional(v.boolean(), true) })), []),
  externalPropertyFileReferences: v.optional(v.looseObject({ results: v.optional(v.array(v.unknown())) })),
});
const sarifSchema = v.looseObject({ version: v.literal('2.1.0'), runs: v.array(runSchema) });
type Run = v.InferOutput<typeof runSchema>;
type Result = v.InferOutput<typeof resultSchema>;

export function isSarif(value: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(value.runs) && typeof value.version === 'string';
}

/** Reads SARIF 2.1.0. What is suppressed, or absent since the baseline, is no finding any more. @throws Unreadable also when a scan did not end well */
export function readSarif(value: unknown): SecurityFacts {
  const { runs } = shaped(sarifSchema, value, 'SARIF 2.1.0');
  if (runs.length === 0) throw new Unreadable('is SARIF without a run: nothing was scanned.');
  return {
    kind: 'security',
    format: 'SARIF',
    tool: oneLine(runs.map((run) => run.tool.driver.name).join(', ')),
    weaknesses: runs.flatMap((run) =>
      resultsOf(run)
        .filter(counts)
        .map((result) => weakness(run, result)),
    ),
  };
}

function resultsOf(run: Run): readonly Result[] {
  const tool = oneLine(run.tool.driver.name);
  if (run.invocations.some((invocation) => !invocation.executionSuccessful))
    throw new Unreadable(`says that ${tool} did not end well, so not everything was scanned.`);
  if (run.externalPropertyFileReferences?.results?.length)
    throw new Unreadable(`keeps the results of ${tool} in other files, which are not read.`);
  if (!run.results) throw new Unreadable(`has no results of ${tool}: its scan did not run.`);
  return run.results;
}

/** By the specification a result is suppressed when it has suppressions and each was accepted. */
function counts({ suppressions, baselineState }: Result): boolean {
  const suppressed = suppressions.length > 0 && suppressions.every(({ status }) => status === 'accepted');
  return !suppressed && baselineState !== 'absent';
}

function weakness(run: Run, result: Result): Weakness {
  const rule = ruleOf(run, result);
  const location = result.locations[0]?.physicalLocation;
  const artifact = location?.artifactLocation;
  const uri = artifact?.uri ?? run.artifacts[artifact?.index ?? -1]?.location?.uri;
  const place = placeOf(uri, location?.region?.startLine);
  return {
    id: oneLine(result.ruleId ?? result.rule?.id ?? rule?.id ?? 'a rule without an ID'),
    severity: severityOf(result, rule),
    message: oneLine(result.message.text ?? ''),
    ...(place === undefined ? {} : { place }),
    ...(rule?.helpUri ? { fix: `See ${oneLine(rule.helpUri)}.` } : {}),
  };
}

function ruleOf({ tool }: Run, { ruleId, ruleIndex, rule }: Result) {
  const extension = rule?.toolComponent?.index ?? -1;
  const rules = (tool.extensions[extension] ?? tool.driver).rules;
  const id = ruleId ?? rule?.id;
  return (
    rules[ruleIndex] ??
    rules[rule?.index ?? -1] ??
    [tool.driver, ...tool.extensions]
      .flatMap((component) => component.rules)
      .find((known) => known.id === id || id?.startsWith(`${known.id}/`))
  );
}

/** GitHub's bands of `security-severity`; without one, the level: error is high, warning medium, note low. */
function severityOf(result: Result, rule: v.InferOutput<typeof ruleSchema> | undefined): Severity {
  if (result.kind !== 'fail') return 'none';
  const score = Number(
    result.properties?.['security-severity'] ?? rule?.properties?.['security-severity'] ?? Number.NaN,
  );
  if (!Number.isNaN(score)) {
    if (score >= 9) return 'critical';
    if (score >= 7) return 'high';
    if (score >= 4) return 'medium';
    return score > 0 ? 'low' : 'none';
  }
  const byLevel = { error: 'high', warning: 'medium', note: 'low', none: 'none' } as const;
  return byLevel[result.level ?? rule?.defaultConfiguration?.level ?? 'warning'];
}
