import * as v from 'valibot';
import type { Answer, Exchange } from '../kernel/index.ts';
import { permissionsSchema } from './definition.ts';
import type { GitHubState } from './state.ts';
import { toAnswer } from './wire.ts';

const approvalSchema = v.strictObject({
  run_id: v.pipe(v.union([v.string(), v.number()], 'expected the ID of a run'), v.transform(String)),
  environment: v.pipe(v.string(), v.nonEmpty()),
  state: v.picklist(['approved', 'rejected', 'pending']),
  user: v.pipe(v.string(), v.nonEmpty()),
  comment: v.optional(v.string(), ''),
});
const tokenSchema = v.strictObject({
  token: v.pipe(v.string(), v.nonEmpty()),
  permissions: permissionsSchema,
});

/** What a rehearsal tells the sandbox's GitHub, under `/_sandbox/github`. */
export const controls: Readonly<Record<string, (state: GitHubState, exchange: Exchange) => Answer>> = {
  /** A person's answer to a protected environment, as the run's approvals show it. */
  'POST /_sandbox/github/approvals': (state, exchange) =>
    reading(approvalSchema, exchange, ({ run_id, ...answer }) =>
      state.approvals.push({ runId: run_id, at: exchange.now, ...answer }),
    ),
  /** Where the bare repository is, for `git log`; null in a world without one. */
  'GET /_sandbox/github/repository': ({ repository, git }) =>
    toAnswer({ status: 200, body: repository === '' ? null : { repository, folder: git.open() } }),
  /** A job's token with the permissions that its workflow gives it. */
  'POST /_sandbox/github/tokens': (state, exchange) =>
    reading(tokenSchema, exchange, ({ token, permissions }) => state.tokens.set(token, permissions)),
};

function reading<S extends v.GenericSchema>(
  schema: S,
  { body }: Exchange,
  act: (value: v.InferOutput<S>) => void,
): Answer {
  const result = v.safeParse(schema, json(body));
  if (!result.success) {
    const told = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
    return toAnswer({ status: 400, body: { message: told.join('; ') } });
  }
  act(result.output);
  return toAnswer({ status: 201, body: {} });
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
