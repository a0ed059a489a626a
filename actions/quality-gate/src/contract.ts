import {
  count,
  defineContract,
  type InputProblem,
  list,
  oneOf,
  percent,
  text,
} from '@promo-actions/core/action';
import { loadLimits, reportKinds, severities } from '@promo-actions/core/quality';

export const contract = defineContract({
  name: 'quality-gate',
  kind: 'gate',
  description:
    'Lets a version go on only when its tests, coverage, load tests, scans and checks are good enough, by the reports that the tools wrote. A report that is missing, empty, unknown or not whole fails. What a report is, its content tells: JUnit and Cobertura XML, lcov, Istanbul JSON, the three summaries of k6, SARIF 2.1.0, and the JSON of npm audit, pnpm audit, Snyk and Trivy.',
  inputs: {
    reports: list(
      'Patterns of report files, such as `reports/**/*.xml`, from the checkout on; each must match a file. One that begins with `!` takes files out. Have jest-junit write suites that failed to run (`reportTestSuiteErrors: true`): it leaves them out by default.',
    ),
    require: list(
      `Kinds of reports that must be among them, so that one that is no longer written is missed: ${reportKinds.map((kind) => `\`${kind}\``).join(', ')}.`,
    ),
    'min-tests': count(
      'How many tests must have run, skipped ones not counted, in all JUnit reports together.',
      {
        default: '1',
      },
    ),
    'min-line-coverage': percent('The share of lines that each coverage report must show as covered.', {
      default: '80%',
    }),
    'min-branch-coverage': percent(
      'The share of branches; not looked at when it is not given. A report that does not tell it fails.',
    ),
    'min-function-coverage': percent(
      'The share of functions or methods; not looked at when it is not given. A report that does not tell it fails.',
    ),
    'max-severity': oneOf(
      severities,
      'The worst severity that SARIF, npm audit, Snyk and Trivy may report; for production set `low`. SARIF results have that of their `security-severity`, or else of their level: error is high, warning medium, note low. What Trivy knows no severity of is medium, what npm calls info is none.',
      { default: 'medium' },
    ),
    'min-samples': count(
      'How many samples each metric with a threshold must have in a summary of k6, where a threshold on nothing holds.',
      { default: '1' },
    ),
    'load-limits': loadLimits(
      'Limits for the metrics of k6 beside the thresholds of the test itself, in the same words: `http_req_duration: p(95)<500`. Needed for the summary of `--new-machine-readable-summary`, which leaves thresholds out.',
    ),
    'required-checks': list(
      'Names of check runs that must have succeeded for the commit; for GitHub Actions these are names of jobs. Skipped and neutral ones do not count.',
    ),
    commit: text('The commit whose check runs are looked at; that of the run when it is not given.'),
    version: text('The version that the reports are about, for the record.'),
    token: text('The token that reads check runs.', { context: '${{ github.token }}', secret: true }),
  },
  outputs: {
    read: 'How many reports were read.',
  },
  permissions: { github: { checks: 'read' } },
  example: {
    reports: 'reports/junit/*.xml\nreports/lcov.info\nreports/codeql.sarif',
    require: 'tests, coverage, security',
    'max-severity': 'low',
    'required-checks': 'build, lint',
  },
  check: (inputs) => [...patternProblems(inputs), ...limitProblems(inputs)],
});

interface Given {
  readonly reports?: readonly string[] | undefined;
  readonly requiredChecks?: readonly string[] | undefined;
  readonly require?: readonly string[] | undefined;
  readonly minTests?: number | undefined;
  readonly minSamples?: number | undefined;
}

function patternProblems({ reports, requiredChecks }: Given): readonly InputProblem[] {
  const patterns = reports?.filter((pattern) => !pattern.startsWith('!')) ?? [];
  if (patterns.length === 0 && (reports || !requiredChecks))
    return [
      {
        input: 'reports',
        message: reports
          ? 'only takes files out; name some first.'
          : 'is missing; give it, or `required-checks`: there is nothing to look at.',
      },
    ];
  const torn = reports?.find((pattern) => pattern.split('{').length !== pattern.split('}').length);
  if (torn === undefined) return [];
  const message = `has "${torn}", torn at a comma: commas separate patterns, so write one pattern for each of \`{a,b}\`.`;
  return [{ input: 'reports', message }];
}

function limitProblems({ reports, require, minTests, minSamples }: Given): readonly InputProblem[] {
  const problems: InputProblem[] = [];
  const unknown = require?.filter((kind) => !reportKinds.some((known) => known === kind)) ?? [];
  if (unknown.length > 0)
    problems.push({
      input: 'require',
      message: `got ${unknown.map((kind) => `"${kind}"`).join(', ')}, expected ${reportKinds.join(', ')}.`,
    });
  else if (require && !reports)
    problems.push({ input: 'require', message: 'asks for reports, and `reports` is not given.' });
  for (const [input, value] of [['min-tests', minTests] as const, ['min-samples', minSamples] as const])
    if (value === 0)
      problems.push({
        input,
        message: 'got "0", expected 1 or more: what looked at nothing proves nothing.',
      });
  return problems;
}
