import * as v from 'valibot';
import { json } from '../action/index.ts';
import type { LoadMetric } from './facts.ts';

/** One limit for one metric of a load test, in the words of k6's thresholds. */
export interface LoadLimit {
  readonly metric: string;
  /** `p(95)<500`, as it was written. */
  readonly expression: string;
  readonly aggregate: string;
  readonly comparison: Comparison;
  readonly value: number;
}

const comparisons = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '==': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
} as const;
type Comparison = keyof typeof comparisons;

const form =
  /^(count|rate|value|avg|min|med|max|p\(\d{1,2}(?:\.\d+)?\))\s*(<=|>=|<|>|===?|!=)\s*(\d+(?:\.\d+)?)$/;
const expected = 'a map of metrics to limits such as `http_req_duration: p(95)<500`';

const expressions = v.union(
  [
    v.pipe(
      v.string(),
      v.transform((one) => [one]),
    ),
    v.array(v.string()),
  ],
  'a limit is text such as p(95)<500, or a list of such',
);

const limits = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value), `it is a list, not ${expected}`),
  v.record(v.string(), expressions, `it is not ${expected}`),
  v.rawTransform(({ dataset, addIssue, NEVER }): readonly LoadLimit[] => {
    const read = Object.entries(dataset.value).flatMap(([metric, each]) =>
      each.map((expression) => {
        const limit = parse(metric, expression);
        if (!limit)
          addIssue({ message: `${metric}: \`${expression}\` is no limit such as p(95)<500 or rate<0.01` });
        return limit;
      }),
    );
    const whole = read.filter((limit) => limit !== undefined);
    return whole.length === read.length ? whole : NEVER;
  }),
);

/** An input of limits for a load test's metrics. */
export function loadLimits(description: string) {
  return json(limits, expected, description);
}

function parse(metric: string, expression: string): LoadLimit | undefined {
  const [, aggregate, sign, value] = form.exec(expression.trim()) ?? [];
  if (aggregate === undefined || sign === undefined) return undefined;
  const comparison = (sign === '===' ? '==' : sign) as Comparison;
  return { metric, expression: expression.trim(), aggregate, comparison, value: Number(value) };
}

/** Whether the metric keeps to the limit; undefined when the summary does not tell that aggregate. */
export function keeps(limit: LoadLimit, metric: LoadMetric): boolean | undefined {
  const seen = metric.values[limit.aggregate];
  return seen === undefined ? undefined : comparisons[limit.comparison](seen, limit.value);
}
