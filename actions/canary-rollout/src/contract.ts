import { defineContract, duration, flag, matching, oneOf, text } from '@promo-actions/core/action';
import { watchInputs } from '@promo-actions/core/analysis';
import { aliasInput, functionInput, versionInput } from '@promo-actions/core/lambda';
import { fenceInputs } from '@promo-actions/core/lock';
import { hookForm, planInput } from '@promo-actions/core/rollout';
import { rules } from '@promo-actions/core/window';
import { contradictions } from './contradictions.ts';

const hook = [
  hookForm,
  'the name or ARN of a function (with `:alias` or `:version` where it matters), or an address that begins with `https://`',
] as const;

export const contract = defineContract({
  name: 'canary-rollout',
  kind: 'change',
  description:
    'Rolls a new version of a Lambda function out by a plan: gives it its share of an alias’s requests step by step, watches it beside the stable version, and ends with all requests on the new version or, where it is to blame, all on the old one.',
  inputs: {
    function: functionInput('The function, by name or ARN.', { required: true }),
    alias: aliasInput('The alias that callers invoke, such as `latest-prod`.', { required: true }),
    version: versionInput('The version that is rolled out: the `version` output of deploy-lambda.', {
      required: true,
    }),
    'expected-stable-version': versionInput(
      'The version that must be stable now: the `version` output of backup-alias. The step fails when the alias was moved since.',
      {},
    ),
    plan: planInput(
      'The weights in percent, each with its bake: the time that is counted before the next. `10:5m, 50:5m, 100` also one a line; `linear 5% every 10m`; `canary 10% for 5m`; or a profile: `dev` (`50:2m, 100`), `staging` (`10:5m, 100`), `production` (`5:10m, 100`). A bake counts whole minutes, which settle in CloudWatch 2 minutes (or the timeout of the function) later; so each step takes about 3 minutes longer than its bake, and the first also the warm-up. With a bake after 100 the old version stays ready while the new one serves everything and is held against `max-error-rate` and `max-p95-ms` alone.',
      { default: 'production' },
    ),
    'configuration-only': flag(
      'Whether nothing but configuration changes: bakes are half as long then, to the whole minute and not under one.',
      { default: 'false' },
    ),
    driver: oneOf(
      ['job', 'schedule'],
      '`job`: this step stays until the rollout has ended. `schedule`: it takes the first step, keeps the rollout in `table` and ends; a scheduled workflow with advance-rollouts takes the others, so that no runner waits.',
      { default: 'job' },
    ),
    table: text(
      'The DynamoDB table, keyed by `deployment_id`, that keeps the rollout. `schedule` needs it. With `job`, advance-rollouts undoes a rollout whose runner died without its post.',
    ),
    ...watchInputs,
    'on-hold': oneOf(
      ['fail', 'pass', 'extend'],
      'What to do when a bake is over and too little was seen: undo, go on with a note, or `extend` the bake by up to `max-hold` and then undo.',
      { default: 'extend' },
    ),
    'max-hold': duration('How much longer one step may be held with `on-hold: extend`.', { default: '30m' }),
    windows: rules(
      'When the environment may be changed, written as in maintenance-window. Asked at the start, where the whole plan must fit in, and before each rise. Without any, at all times but the freezes.',
    ),
    freezes: rules(
      'When it must not be changed, whatever the windows say; written as in maintenance-window.',
    ),
    'time-zone': text('The IANA time zone of every window and freeze that names none.'),
    'when-window-closes': oneOf(
      ['finish', 'hold', 'rollback'],
      'What happens when the window closes on a canary: `finish` rises all the same, `hold` keeps the weight until it opens again, `rollback` undoes. With `hold` the plan need not fit into one window. Undoing is never stopped by a window.',
      { default: 'rollback' },
    ),
    'before-traffic': matching(
      ...hook,
      'Who is asked before the first request goes to the new version. The answer must be `yes`, `true` or `{"answer": "yes"}`; anything else is a no and refuses the rollout. A function is invoked with the rollout as JSON, an address is asked by GET with it as its query. It may be asked more than once.',
    ),
    'after-traffic': matching(
      ...hook,
      'Who is asked when the new version has all requests and the old one still stands ready. A no undoes the rollout.',
    ),
    'time-limit': duration(
      'How long the rollout may take; it is undone when it has not ended by then. A job that is run again has it anew. Without it, 5h with the driver `job` and 7d with `schedule`.',
    ),
    'ignore-windows': flag(
      'Whether to go on whatever windows and freezes say, as in an emergency: where the `decision` of maintenance-window was `overridden`.',
      { default: 'false' },
    ),
    ...fenceInputs,
    post: oneOf(
      ['abort', 'keep'],
      'What happens at the end of a job that failed or was cancelled, with the driver `job`: `abort` returns the alias to the stable version it had before, as long as it still carries what this step gave it; `keep` leaves it.',
      { default: 'abort' },
    ),
  },
  outputs: {
    outcome:
      '`completed`, `undone`, `superseded` (someone else moved the alias; it is left as it is), `refused` (it did not begin), `scheduled` (it goes on by schedule), `unchanged` (the version was stable already) or `planned` (a dry run).',
    decision: '`pass` where it was completed, `fail` where it was not; empty where nothing is decided yet.',
    verdict: 'What the judge said last: `promote`, `rollback` or `hold`; empty where there was no look.',
    reasons: 'Why it ended as it did, one sentence a line.',
    weight: 'The share of the version in percent at the end of the step.',
    'stable-version': 'The version that is stable at the end of the step.',
    'canary-version': 'The version that was rolled out.',
    changed: 'Whether the alias carries something else than before the step: `true` or `false`.',
    rollout: 'The key of the rollout in `table`, where it is kept.',
    report:
      'The whole report as JSON: what the last look saw, minute by minute, every weight with its time, and how it ended.',
    chart:
      'The weight, errors, p95 and the evidence as Mermaid charts in Markdown; empty where there was no look.',
  },
  permissions: {
    aws: [
      'lambda:GetAlias',
      'lambda:UpdateAlias',
      'lambda:GetFunctionConfiguration',
      'lambda:GetProvisionedConcurrencyConfig',
      'lambda:InvokeFunction',
      'cloudwatch:GetMetricData',
      'cloudwatch:DescribeAlarms',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    ],
  },
  example: {
    environment: 'prod',
    function: 'tenant-service',
    alias: 'latest-prod',
    version: '${{ steps.deploy.outputs.version }}',
    plan: '10:5m, 50:5m, 100',
    alarms: 'tenant-service-errors',
  },
  postIf: 'failure() || cancelled()',
  check: contradictions,
});
