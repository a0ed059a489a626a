import type { VirtualClock } from './clock/index.ts';
import { createCloudWatchService } from './cloudwatch/index.ts';
import { createDynamoDbService } from './dynamodb/index.ts';
import { createGitHubService } from './github/index.ts';
import { createJiraService } from './jira/index.ts';
import { type Caller, type Service, seededRandom } from './kernel/index.ts';
import { createLambdaService } from './lambda/index.ts';
import { createLaunchDarklyService } from './launchdarkly/index.ts';
import { createPagerDutyService } from './pagerduty/index.ts';
import { createRdsService } from './rds/index.ts';
import { inWorld } from './scenario-file/index.ts';
import { createSlackService } from './slack/index.ts';
import { createSnsService } from './sns/index.ts';
import { createSsmService } from './ssm/index.ts';
import { createStsService, Sessions } from './sts/index.ts';
import { createTraffic } from './traffic/index.ts';
import type { WorldParts } from './world/index.ts';

export interface ServicesDependencies {
  readonly parts: WorldParts;
  readonly clock: VirtualClock;
  readonly seed: number;
  /** What the world's code paths are relative to. */
  readonly folder: string;
  /** Where the sandbox can be reached; known once it listens. */
  url(): string;
}

/** Every service of one world, and what the kernel asks of them together. */
export interface Services {
  readonly list: readonly Service[];
  /** The account and region that a process gets unless it asks for others: the world's first. */
  readonly account: string;
  readonly region: string;
  /** Origins of the outside world that this world plays, and their path in the sandbox. */
  readonly hosts: Readonly<Record<string, string>>;
  callerOf(accessKey: string): Caller;
  close(): Promise<void>;
}

/** Brings a world to life at the present virtual moment. Throws when it cannot, such as for code that is not there. */
export async function createServices(dependencies: ServicesDependencies): Promise<Services> {
  const { parts, clock, seed, folder, url } = dependencies;
  const { accounts } = parts;
  const worldStart = clock.now();
  const sessions = new Sessions(seededRandom(seed + 7));
  const list: Service[] = [];
  const close = async (): Promise<void> => {
    for (const service of list) await service.close?.();
  };
  try {
    const lambda = await createLambdaService({
      definitions: parts.lambda,
      accounts,
      folder,
      seed,
      worldStart,
      url,
    });
    const traffic = createTraffic({
      definitions: parts.traffic,
      accounts,
      functions: lambda.state,
      seed,
      worldStart,
    });
    list.push(lambda.service);
    list.push(createStsService({ sessions, accounts }));
    list.push(
      createCloudWatchService({ accounts, alarms: parts.alarms, metrics: parts.metrics, sources: [traffic] }),
    );
    list.push(createSsmService({ accounts, definitions: parts.ssm, seed, worldStart }));
    list.push(createRdsService({ accounts, definitions: parts.rds }));
    list.push(await createDynamoDbService({ accounts, tables: parts.dynamodb }));
    list.push(
      await inWorld(['world', 'github'], () =>
        createGitHubService({ definition: parts.github, now: worldStart, folder, url }),
      ),
    );
    list.push(
      await inWorld(['world', 'jira'], () =>
        createJiraService({ definition: parts.jira, now: worldStart, url }),
      ),
    );
    list.push(
      await inWorld(['world', 'launchdarkly'], () =>
        createLaunchDarklyService({ definition: parts.launchdarkly, now: worldStart }),
      ),
    );
    list.push(createSlackService(parts.slack));
    list.push(createPagerDutyService(parts.pagerduty));
    list.push(createSnsService({ accounts, topics: parts.sns }));
  } catch (error) {
    await close();
    throw error;
  }
  const [first] = Object.values(accounts);
  return {
    list,
    account: first?.id ?? '000000000000',
    region: first?.region ?? 'us-east-1',
    hosts: {
      'https://api.atlassian.com': '/jira',
      'https://app.launchdarkly.com': '/launchdarkly',
      'https://app.eu.launchdarkly.com': '/launchdarkly',
      'https://hooks.slack.com': '/slack',
      'https://events.pagerduty.com': '/pagerduty',
      'https://events.eu.pagerduty.com': '/pagerduty',
      ...(parts.jira?.site ? { [parts.jira.site]: '/jira' } : {}),
    },
    callerOf: (accessKey) => sessions.callerOf(accessKey, clock.now()),
    close,
  };
}
