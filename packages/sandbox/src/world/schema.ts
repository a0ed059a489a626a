import * as v from 'valibot';
import { alarmSchema, metricSchema } from '../cloudwatch/index.ts';
import { dynamoSchema } from '../dynamodb/index.ts';
import { githubSchema } from '../github/index.ts';
import { jiraSchema } from '../jira/index.ts';
import { lambdaSchema } from '../lambda/index.ts';
import { launchDarklySchema } from '../launchdarkly/index.ts';
import { pagerDutySchema } from '../pagerduty/index.ts';
import { rdsSchema } from '../rds/index.ts';
import { slackSchema } from '../slack/index.ts';
import { topicSchema } from '../sns/index.ts';
import { ssmSchema } from '../ssm/index.ts';
import { trafficSchema } from '../traffic/index.ts';
import { accountsSchema } from './accounts.ts';
import { issueText } from './issue.ts';

/** Each room's own part of the world, as that room reads it. */
const partsSchema = v.strictObject({
  accounts: v.optional(accountsSchema, {}),
  lambda: v.optional(v.array(lambdaSchema), []),
  traffic: v.optional(v.array(trafficSchema), []),
  alarms: v.optional(v.array(alarmSchema), []),
  metrics: v.optional(v.array(metricSchema), []),
  ssm: v.optional(v.array(ssmSchema), []),
  rds: v.optional(v.array(rdsSchema), []),
  dynamodb: v.optional(v.array(dynamoSchema), []),
  github: v.optional(githubSchema),
  jira: v.optional(jiraSchema),
  launchdarkly: v.optional(launchDarklySchema),
  slack: v.optional(slackSchema),
  pagerduty: v.optional(pagerDutySchema),
  sns: v.optional(v.array(topicSchema), []),
});

/** A world as a person writes it: plain data, durations as `5m`, percents as `0.1%`. */
export type World = v.InferInput<typeof partsSchema>;
/** A world as the services read it. */
export type WorldParts = v.InferOutput<typeof partsSchema>;

const ACCOUNT_SECTIONS = ['lambda', 'traffic', 'alarms', 'metrics', 'ssm', 'rds', 'dynamodb', 'sns'] as const;

/**
 * Checks a world and leaves it as it was written, so that another schema may embed it and hand it on. It also refuses
 * entries whose account the world does not have.
 */
export const worldSchema: v.GenericSchema<World> = v.pipe(
  v.custom<World>(
    (value) => typeof value === 'object' && value !== null,
    'expected the parts of a world: accounts, lambda, …',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const world = dataset.value;
    for (const issue of v.safeParse(partsSchema, world).issues ?? []) {
      addIssue({ message: issueText(issue), ...(issue.path === undefined ? {} : { path: issue.path }) });
    }
    for (const { path, message } of unknownAccounts(world)) addIssue({ message, path });
  }),
);

type IssuePath = [v.ObjectPathItem, ...v.ObjectPathItem[]];

function unknownAccounts(world: World): readonly { path: IssuePath; message: string }[] {
  const known = Object.keys(world.accounts ?? {});
  return ACCOUNT_SECTIONS.flatMap((section) => {
    const entries: unknown = world[section];
    if (!Array.isArray(entries)) return [];
    return entries.flatMap((entry: unknown, index) => {
      const account =
        typeof entry === 'object' && entry !== null && 'account' in entry ? entry.account : undefined;
      if (typeof account !== 'string' || known.includes(account)) return [];
      const list = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
      const path: IssuePath = [step(world, section), step(entries, index), step(entry, 'account')];
      return [{ path, message: `the world has no account ${account}; ${list}` }];
    });
  });
}

function step(input: unknown, key: string | number): v.ObjectPathItem {
  const owner = input as Record<string, unknown>;
  return { type: 'object', origin: 'value', input: owner, key: String(key), value: owner[key] };
}

/** The parts of a checked world. Throws an Error that tells every mistake with its path. */
export function worldParts(world: unknown): WorldParts {
  const checked = v.safeParse(worldSchema, world);
  if (!checked.success) {
    const told = checked.issues.map((issue) => `  ${v.getDotPath(issue) ?? 'world'}: ${issueText(issue)}`);
    throw new Error(`The world has ${told.length === 1 ? 'a mistake' : 'mistakes'}:\n${told.join('\n')}`);
  }
  return v.parse(partsSchema, checked.output);
}
