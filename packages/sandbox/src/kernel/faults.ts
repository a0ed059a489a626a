import * as v from 'valibot';
import { parseDuration } from './duration.ts';
import type { Random } from './random.ts';

const durationSchema = v.pipe(
  v.string(),
  v.check((text) => parseDuration(text) !== undefined, "a duration such as '500ms', '30s' or '5m'"),
);
const countSchema = v.pipe(v.number(), v.integer(), v.minValue(1));

/**
 * Something that goes wrong on purpose. It strikes the calls of `service` (and `operation`) from the `nth` on, `times`
 * times; without `times`, once when `nth` is given, else every time. `probability` lets it strike only that share.
 */
export const faultSchema = v.pipe(
  v.strictObject({
    service: v.string(),
    operation: v.optional(v.string()),
    /** Only calls of this 12-digit account. */
    account: v.optional(v.string()),
    nth: v.optional(countSchema),
    times: v.optional(countSchema),
    probability: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
    /** HTTP status of the answer, with `code` as the service's name for it. The call has no effect. */
    status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599))),
    code: v.optional(v.string()),
    message: v.optional(v.string()),
    /** Virtual time that passes before the call is looked at. */
    latency: v.optional(durationSchema),
    /** The connection breaks: before the call had its effect, or after it (the answer is lost). */
    drop: v.optional(v.picklist(['before', 'after'])),
  }),
  v.check(
    (fault) => [fault.status, fault.latency, fault.drop].some((harm) => harm !== undefined),
    'a fault needs a status, a latency or a drop',
  ),
  v.check(
    (fault) => fault.status === undefined || fault.drop === undefined,
    'a fault has a status or a drop, not both',
  ),
);
export type Fault = v.InferOutput<typeof faultSchema>;

/** What befalls one call. */
export interface Harm {
  readonly latency: number;
  readonly status?: number;
  readonly code: string;
  readonly message: string;
  readonly drop?: 'before' | 'after';
  /** For the journal: `429 TooManyRequestsException`, `drop after`. */
  readonly name: string;
}

/** A fault, and how often it has struck. */
export interface InjectedFault {
  readonly fault: Fault;
  readonly struck: number;
}

interface Injected {
  readonly fault: Fault;
  calls: number;
  struck: number;
}

const CODES: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  409: 'ConflictException',
  429: 'TooManyRequestsException',
  500: 'InternalServerError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
};

export class Faults {
  #injected: Injected[] = [];
  readonly #random: Random;
  readonly #services: () => readonly string[];

  /** `services` tells the names that a fault may be meant for. */
  constructor(random: Random, services: () => readonly string[]) {
    this.#random = random;
    this.#services = services;
  }

  /** @throws Error for a fault that could never strike, because there is no such service. */
  inject(fault: Fault): void {
    const known = this.#services();
    if (!known.includes(fault.service))
      throw new Error(`A fault is for ${fault.service}, which is no service; there are ${known.join(', ')}.`);
    this.#injected.push({ fault, calls: 0, struck: 0 });
  }

  /** In the order in which they were injected. */
  all(): readonly InjectedFault[] {
    return this.#injected.map(({ fault, struck }) => ({ fault, struck }));
  }

  clear(): void {
    this.#injected = [];
  }

  /** Counts the call with every fault that is meant for it, and tells the first one that strikes. */
  strike(service: string, operation: string, account: string): Harm | undefined {
    const struck = this.#injected
      .filter(({ fault }) => isMeant(fault, service, operation, account))
      .filter((injected) => {
        injected.calls += 1;
        return this.#strikes(injected);
      });
    const [first] = struck;
    if (first) first.struck += 1;
    return first && harmOf(first.fault);
  }

  #strikes({ fault, calls }: Injected): boolean {
    const first = fault.nth ?? 1;
    const times = fault.times ?? (fault.nth === undefined ? Number.POSITIVE_INFINITY : 1);
    if (calls < first || calls >= first + times) return false;
    return fault.probability === undefined || this.#random() < fault.probability;
  }
}

function isMeant(fault: Fault, service: string, operation: string, account: string): boolean {
  if (fault.service !== service) return false;
  if (fault.operation !== undefined && fault.operation !== operation) return false;
  return fault.account === undefined || fault.account === account;
}

function harmOf(fault: Fault): Harm {
  const code = fault.code ?? CODES[fault.status ?? 500] ?? 'InternalServerError';
  const names = [
    fault.status === undefined ? undefined : `${fault.status} ${code}`,
    fault.drop === undefined ? undefined : `drop ${fault.drop}`,
    fault.latency === undefined ? undefined : `latency ${fault.latency}`,
  ];
  return {
    latency: parseDuration(fault.latency ?? '0s') ?? 0,
    ...(fault.status === undefined ? {} : { status: fault.status }),
    ...(fault.drop === undefined ? {} : { drop: fault.drop }),
    code,
    message: fault.message ?? `The sandbox was told to answer ${code} here.`,
    name: names.filter((name) => name !== undefined).join(', '),
  };
}
