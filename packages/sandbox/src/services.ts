import type { VirtualClock } from './clock/index.ts';
import type { Caller, Service } from './kernel/index.ts';
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
  callerOf(accessKey: string): Caller;
  close(): Promise<void>;
}

const ACCOUNT = /^\d{12}$/;

export async function createServices(dependencies: ServicesDependencies): Promise<Services> {
  const { parts } = dependencies;
  const list: readonly Service[] = [];
  const [first] = Object.values(parts.accounts);
  return {
    list,
    account: first?.id ?? '000000000000',
    region: first?.region ?? 'us-east-1',
    callerOf: (accessKey) =>
      ACCOUNT.test(accessKey)
        ? { account: accessKey }
        : {
            refusal: {
              code: 'UnrecognizedClientException',
              message:
                'The security token included in the request is invalid. The sandbox takes an account as access key.',
            },
          },
    async close() {
      for (const service of list) await service.close?.();
    },
  };
}
