import type { AddressInfo } from 'node:net';
import { devNull } from 'node:os';
import { VirtualClock } from './clock/index.ts';
import { type Hosts, hostsVariable } from './hosts/index.ts';
import {
  createControl,
  createKernel,
  type Fault,
  Faults,
  type InjectedFault,
  Journal,
  type JournalEntry,
  seededRandom,
  seededUuid,
  Watch,
  type Watcher,
} from './kernel/index.ts';
import { createServices, type Services } from './services.ts';
import { type World, worldParts } from './world/index.ts';

export interface SandboxOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  readonly world?: World;
  /** The first virtual moment: ISO 8601 or epoch milliseconds. Default: 2026-03-03T20:00:00Z. */
  readonly start?: string | number;
  /** Of everything drawn by chance. Default 1. */
  readonly seed?: number;
  /** What the world's code paths are relative to. Default: the working directory. */
  readonly folder?: string;
  /** `frozen` (default): time moves only when every process waits, or by advance. `flow`: it also flows with real time. */
  readonly time?: 'frozen' | 'flow';
}

export interface Sandbox {
  readonly url: string;
  readonly port: number;
  readonly clock: Pick<VirtualClock, 'now' | 'advance' | 'hold' | 'release' | 'wait' | 'holders'>;
  /** The environment of a process that is to live in the sandbox: endpoints, an account's credentials, a region. */
  environment(account?: string, region?: string): Record<string, string>;
  journal(): readonly JournalEntry[];
  inject(fault: Fault): void;
  /** The faults that may strike, with how often they have. */
  faults(): readonly InjectedFault[];
  /** Lets no fault strike any more. */
  heal(): void;
  /** Shows every call of those who live here to a watcher, who may keep it waiting; undefined to nobody. */
  watch(watcher: Watcher | undefined): void;
  /** Replaces the world at the present virtual moment. Throws when the world has a mistake; the old one then stays. */
  load(world: World): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_START = '2026-03-03T20:00:00Z';

/** Starts a sandbox on 127.0.0.1. Rejects when the port is taken or the world has a mistake. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { seed = 1, folder = process.cwd() } = options;
  const clock = new VirtualClock({
    start: readStart(options.start ?? DEFAULT_START),
    flow: options.time === 'flow',
  });
  const random = seededRandom(seed);
  const journal = new Journal();
  const faults = new Faults(seededRandom(seed + 1), () => services.list.map(({ name }) => name));
  const watch = new Watch();
  let port = 0;
  const build = (world: unknown): Promise<Services> =>
    createServices({ parts: worldParts(world), clock, seed, folder, url: () => `http://127.0.0.1:${port}` });
  let services = await build(options.world ?? {});

  const load = async (world: unknown): Promise<void> => {
    const next = await build(world);
    const former = services;
    services = next;
    await former.close();
  };
  const server = createKernel({
    get services() {
      return services.list;
    },
    clock,
    journal,
    faults,
    watch,
    requestId: () => seededUuid(random),
    callerOf: (accessKey) => services.callerOf(accessKey),
    control: createControl({ clock, journal, faults, load }),
  });
  try {
    port = await listen(server, options.port ?? 0);
  } catch (error) {
    await services.close();
    throw error;
  }
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    clock,
    environment: (account, region) => ({
      ...environmentOf(url, account ?? services.account, region ?? services.region),
      [hostsVariable]: JSON.stringify(mapHosts(services.hosts, url)),
    }),
    journal: () => journal.since(0),
    inject: (fault) => faults.inject(fault),
    faults: () => faults.all(),
    heal: () => faults.clear(),
    watch: (watcher) => watch.admit(watcher),
    load,
    async close() {
      clock.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await services.close();
    },
  };
}

function readStart(start: string | number): number {
  const moment = typeof start === 'number' ? start : Date.parse(start);
  if (Number.isFinite(moment)) return moment;
  throw new Error(`The start ${start} is not a time; write it as 2026-03-03T20:05:00Z.`);
}

function listen(server: ReturnType<typeof createKernel>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function mapHosts(hosts: Hosts, url: string): Hosts {
  return Object.fromEntries(Object.entries(hosts).map(([origin, path]) => [origin, `${url}${path}`]));
}

function environmentOf(url: string, account: string, region: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    // The user's own profiles must not leak in.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    GITHUB_API_URL: `${url}/github`,
    ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/github/_oidc/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'sandbox',
    PROMO_SANDBOX_URL: url,
    NO_PROXY: '127.0.0.1,localhost',
    no_proxy: '127.0.0.1,localhost',
  };
}
