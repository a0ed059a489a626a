import { defineContract, duration, flag, list, matching, text } from '@promo-actions/core/action';
import { aliasInput, versionInput, wrongFunctions } from '@promo-actions/core/lambda';
import { fenceInputs, fenceProblems } from '@promo-actions/core/lock';

export const contract = defineContract({
  name: 'rollback',
  kind: 'change',
  description:
    'Returns Lambda aliases to an earlier version at once, clears their weights, keeps the bad version for study, and goes on past a failure.',
  inputs: {
    functions: list(
      'The functions, by name or ARN, in the order of promotion; they are rolled back in reverse. Needed unless `all` is true.',
    ),
    alias: aliasInput(
      'The alias that callers invoke, the same for all functions. Needed unless `all` is true.',
      {},
    ),
    all: flag(
      'Rolls back the functions of every service in the policy, in reverse order: those that the policy gives under `functions` and `alias` for the service in this `environment`.',
      { default: 'false' },
    ),
    target: matching(
      /^[\w.+-]{1,256}$/,
      '`previous`, `last-good`, `before-this-run`, a version, a backup alias, or a release',
      'Where to return to: `previous` (the stable version while a canary is out, else what the newest backup alias keeps (or, where that was made before the same release was promoted again, the newest that keeps another version), else the version published before; where an incident alias says that it was rolled back since, it stays; a run that rolled back before, run again, leaves no release that was promoted since), the number of a version, a backup alias such as `backup-20260303-200500`, a release by the description its version was published with, such as `v1.3.0`, or `last-good` (the newest release of the records that succeeded and is neither the one that is left nor kept by an incident alias since), or `before-this-run` (what the backup alias of this workflow run keeps, made in whichever of its attempts, or where `table` tells of a run that died promoting the same release at most a day before, what that one’s keeps: a run without one has changed nothing, and one whose success stands in `table` is left as it is).',
      { default: 'previous' },
    ),
    'only-from': versionInput(
      'Rolls back only an alias that carries this version, as its canary or as its stable version; one that was moved on since, by another deployment or by people, is left alone.',
      {},
    ),
    table: matching(
      /^[A-Za-z0-9_.-]{3,255}$/,
      'the name of a DynamoDB table',
      'The table that record-deployment writes to; read for the targets `last-good` and `before-this-run` alone. Without it `before-this-run` undoes what was recorded as a success, too.',
    ),
    reason: text('Why. It stands in the summary and in the description of the incident alias.', {
      required: true,
    }),
    'safety-delay': duration('How long people can still cancel before anything is changed.', {
      default: '10s',
    }),
    force: flag('Skips the safety delay.', { default: 'false' }),
    'incident-alias': flag(
      'Keeps the version that is left under an alias `incident-YYYYMMDD-HHMMSS`, made before anything is changed. Where it cannot be made the rollback goes on.',
      { default: 'true' },
    ),
    verify: flag(
      'Invokes each restored alias with `health-payload`, when that is given, and fails unless it answers with status 200. The alias is read back in any case.',
      { default: 'true' },
    ),
    ...fenceInputs,
    'health-payload': text('The event that restored functions are invoked with, as JSON.'),
    timeout: duration('How long to wait for each alias to read what was written, and to be healthy.', {
      default: '2m',
    }),
  },
  outputs: {
    'from-version':
      'The version that was left. For several functions `function=version`, separated by commas; so are the next two.',
    'to-version': 'The version that serves now.',
    'to-release':
      'The release that serves now, by the description its version was published with; the version where that is no name.',
    components:
      'Each function with the version that serves now, as `function=version`, for the `components` of record-deployment.',
    moved:
      'Of `components` those that this run has brought to their version, in whichever of its attempts: of an earlier one, or of a step that was killed, the incident alias tells, and where none was made, nothing does.',
    'incident-alias':
      'The alias that keeps the version that was left, made in whichever attempt of the run; empty when none was made.',
    'moved-at':
      'The moment in the name of the newest of these aliases, such as `20260303-200500`; empty where there is none. It tells one rollback of a run from another that the run, started again after a promotion, has made.',
    restored: 'The functions that were rolled back, separated by commas; empty when there was nothing to do.',
    failed:
      'The functions that could not be rolled back, or are not healthy afterwards, separated by commas.',
    due: 'The functions that failed, and of a dry run those that it would roll back, separated by commas; empty when every function is on its target, or Lambda was told so and only moves its provisioned concurrency yet.',
    succeeded:
      'Whether `target: before-this-run` left everything as it is because this run has succeeded, `true` or `false`.',
  },
  permissions: {
    aws: [
      'lambda:ListAliases',
      'lambda:ListVersionsByFunction',
      'lambda:GetAlias',
      'lambda:UpdateAlias',
      'lambda:CreateAlias',
      'lambda:GetFunctionConfiguration',
      'lambda:GetProvisionedConcurrencyConfig',
      'lambda:InvokeFunction',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
    ],
  },
  example: { functions: 'tenant-service', alias: 'latest-prod', reason: 'Errors rose after v1.4.0' },
  check(inputs) {
    const { functions, alias, all, environment, service, target = '', table, healthPayload } = inputs;
    const problems = [...(all ? [] : fenceProblems(inputs))];
    if (all && inputs.fencingToken !== undefined) {
      problems.push({
        input: 'fencing-token',
        message: 'contradicts `all`: a lock is of one service. Roll back one service, or lock none.',
      });
    }
    if (target === 'before-this-run' && table !== undefined) {
      for (const [input, value] of Object.entries({ environment, ...(all === false ? { service } : {}) })) {
        if (value !== undefined) continue;
        problems.push({ input, message: 'is missing; the records in `table` are found by it.' });
      }
    }
    if (target === 'last-good') {
      const needed = { table, environment, ...(all === false ? { service } : {}) };
      for (const [input, value] of Object.entries(needed)) {
        if (value !== undefined) continue;
        problems.push({ input, message: 'is missing; `target: last-good` needs it to find the records.' });
      }
    }
    if (all === false && functions === undefined) {
      problems.push({ input: 'functions', message: 'is missing; expected functions, or `all: true`.' });
    }
    if (all === false && alias === undefined) {
      problems.push({ input: 'alias', message: 'is missing; expected the alias that callers invoke.' });
    }
    if (all && environment === undefined && target !== 'last-good') {
      problems.push({
        input: 'environment',
        message: 'is missing; `all` needs it to find each service’s functions and alias in the policy.',
      });
    }
    if (all && service !== undefined) {
      problems.push({
        input: 'service',
        message: 'contradicts `all`, which means every service. Give one of them.',
      });
    }
    const wrong = wrongFunctions(functions ?? []);
    if (wrong.length > 0) {
      problems.push({
        input: 'functions',
        message: `got ${wrong.join(', ')}, expected names or ARNs of functions, without a version or alias.`,
      });
    }
    if (/^\d+$/.test(target) && (all || (functions?.length ?? 0) > 1)) {
      problems.push({
        input: 'target',
        message: `got "${target}", but each function counts its versions for itself. For several functions give \`previous\` or a release such as \`v1.3.0\`.`,
      });
    }
    if (inputs.onlyFrom !== undefined && (all || (functions?.length ?? 0) > 1)) {
      problems.push({
        input: 'only-from',
        message: `got "${inputs.onlyFrom}", but each function counts its versions for itself. Give it for one function alone.`,
      });
    }
    if (healthPayload !== undefined && !isJson(healthPayload)) {
      problems.push({
        input: 'health-payload',
        message: 'is not readable as JSON; expected an event such as `{"path": "/health"}`.',
      });
    }
    return problems;
  },
});

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
