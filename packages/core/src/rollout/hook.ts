import { OutsideError } from '../errors/index.ts';
import type { HttpProbe } from '../health/index.ts';
import type { FunctionInvoker } from '../lambda/index.ts';
import type { Answer } from './state.ts';

/** Someone who is asked whether a rollout may go on: a Lambda function (with its version or alias), or an address. */
export type Hook =
  | { readonly kind: 'function'; readonly functionName: string; readonly qualifier: string }
  | { readonly kind: 'url'; readonly url: string };

/** What a hook is told, as the payload of a function or the query of an address. */
export interface HookQuestion {
  readonly hook: 'before-traffic' | 'after-traffic';
  readonly function: string;
  readonly alias: string;
  readonly stable: string;
  readonly canary: string;
  readonly environment?: string;
  readonly service?: string;
}

export interface HookPorts {
  readonly invoker: FunctionInvoker;
  readonly http: HttpProbe;
}

/** The written form of a hook, for input declarations. */
export const hookForm =
  /^(https?:\/\/[^\s/]\S*|((arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?\d{12}:function:)?[A-Za-z0-9_-]{1,64}(:(\$LATEST|[A-Za-z0-9_-]+))?)$/;

/** A hook from its written form. */
export function hookOf(text: string): Hook {
  if (/^https?:\/\//.test(text)) return { kind: 'url', url: text };
  const [, functionName = text, qualifier = '$LATEST'] =
    /^((?:.*:function:)?[^:]+)(?::(.+))?$/.exec(text) ?? [];
  return { kind: 'function', functionName, qualifier };
}

/**
 * Asks a hook once. Anything but a clear yes is a no.
 * @throws OutsideError where nobody answered, which is neither.
 */
export async function askHook(hook: Hook, question: HookQuestion, ports: HookPorts): Promise<Answer> {
  if (hook.kind === 'url') return askAddress(hook.url, question, ports.http);
  const { functionName, qualifier } = hook;
  const answer = await ports.invoker.invoke(functionName, qualifier, JSON.stringify(question));
  if (answer.functionError === undefined) return readAnswer(answer.payload);
  if (answer.status === 200)
    return { yes: false, why: `function \`${functionName}\` failed (${answer.functionError}).` };
  throw new OutsideError({
    what: `the hook \`${functionName}:${qualifier}\` was not run`,
    why: `Lambda answered ${answer.functionError} (HTTP ${answer.status})`,
    remedy: 'Check its concurrency and state; it is asked again at the next look',
  });
}

async function askAddress(url: string, question: HookQuestion, http: HttpProbe): Promise<Answer> {
  const address = new URL(url);
  for (const [name, value] of Object.entries(question)) address.searchParams.set(name, value);
  const probe = await http.get(address.href);
  const place = `${address.origin}${address.pathname}`;
  if (probe.kind === 'none') {
    throw new OutsideError({
      what: `the hook ${place} did not answer`,
      why: probe.why,
      remedy: 'Check the address and the network of the runner; it is asked again at the next look',
    });
  }
  if (probe.status !== 200) return { yes: false, why: `${place} answered with status ${probe.status}.` };
  return readAnswer(probe.body);
}

/**
 * `yes` or `true`, as text or JSON, or as the `answer` of a JSON object, whose `reason` is then told; also inside the
 * `body` of an answer with `statusCode` 200.
 */
export function readAnswer(text: string): Answer {
  const value = parsed(text);
  if (typeof value === 'object' && value !== null) {
    if ('statusCode' in value && value.statusCode !== 200)
      return { yes: false, why: `it answered with status ${String(value.statusCode)}.` };
    if ('statusCode' in value && 'body' in value)
      return readAnswer(typeof value.body === 'string' ? value.body : JSON.stringify(value.body));
    if ('answer' in value) {
      const reason =
        'reason' in value && typeof value.reason === 'string' ? shorten(value.reason) : undefined;
      const { yes, why } = judged(value.answer);
      return { yes, why: reason ?? why };
    }
  }
  return judged(value);
}

function judged(value: unknown): Answer {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (word === 'yes' || word === true || word === 'true') return { yes: true, why: 'it said yes.' };
  if (word === 'no' || word === false || word === 'false') return { yes: false, why: 'it gave no reason.' };
  return {
    yes: false,
    why: 'its answer was neither yes nor no: it must be `yes`, `true` or `{"answer": "yes"}`.',
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
