import {
  type Answer,
  type Exchange,
  queryAction,
  queryForm,
  type Service,
  signatureScope,
  WireError,
  xmlAnswer,
  xmlFailure,
} from '../kernel/index.ts';
import type { Session, Sessions } from './session.ts';

const VERSION = '2011-06-15';
const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const ROLE = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const AUDIENCE = 'sts.amazonaws.com';

export interface StsDependencies {
  readonly sessions: Sessions;
  /** The world's accounts. With none, any role may be assumed. */
  readonly accounts: Readonly<
    Record<string, { readonly id: string; readonly roles?: readonly string[] | undefined }>
  >;
}

/** STS in the AWS query protocol: who one is, and roles assumed by a signed caller or with a GitHub OIDC token. */
export function createStsService(dependencies: StsDependencies): Service {
  const operations: Readonly<Record<string, (exchange: Exchange, form: URLSearchParams) => Answer>> = {
    GetCallerIdentity: (exchange) => callerIdentity(dependencies, exchange),
    AssumeRole: (exchange, form) => {
      const session = assume(dependencies, exchange, form, 'sts:AssumeRole');
      return xmlAnswer(exchange, 'AssumeRole', NAMESPACE, { ...assumed(session) });
    },
    AssumeRoleWithWebIdentity: (exchange, form) => {
      const subject = checkToken(form.get('WebIdentityToken') ?? '', exchange.now);
      const session = assume(dependencies, exchange, form, 'sts:AssumeRoleWithWebIdentity');
      return xmlAnswer(exchange, 'AssumeRoleWithWebIdentity', NAMESPACE, {
        ...assumed(session),
        SubjectFromWebIdentityToken: subject,
        Audience: AUDIENCE,
        Provider: 'token.actions.githubusercontent.com',
      });
    },
  };
  return {
    name: 'sts',
    unsigned: ['AssumeRoleWithWebIdentity'],
    operation(exchange) {
      const action = queryAction(exchange, VERSION);
      return action !== undefined && action in operations ? action : undefined;
    },
    handle(operation, exchange) {
      const answer = operations[operation]?.(exchange, queryForm(exchange) ?? new URLSearchParams());
      if (answer === undefined)
        throw new WireError(501, 'NotImplemented', `STS ${operation} is not known here.`);
      return answer;
    },
    failure: xmlFailure,
    subject(_operation, exchange) {
      const role = queryForm(exchange)?.get('RoleArn');
      return role ? { role } : {};
    },
  };
}

function callerIdentity({ sessions }: StsDependencies, exchange: Exchange): Answer {
  const accessKey = signatureScope(exchange.headers, exchange.url.searchParams)?.accessKey ?? '';
  const session = sessions.find(accessKey);
  const identity =
    session === undefined
      ? { Arn: `arn:aws:iam::${exchange.account}:user/sandbox`, UserId: 'AIDASANDBOXSANDBOX234' }
      : { Arn: assumedRoleArn(session), UserId: `${roleId(session)}:${session.sessionName}` };
  return xmlAnswer(exchange, 'GetCallerIdentity', NAMESPACE, { ...identity, Account: exchange.account });
}

function assume(
  dependencies: StsDependencies,
  exchange: Exchange,
  form: URLSearchParams,
  action: string,
): Session {
  const roleArn = form.get('RoleArn') ?? '';
  const sessionName = form.get('RoleSessionName') ?? '';
  const seconds = Number(form.get('DurationSeconds') ?? '3600');
  const [, account, role] = ROLE.exec(roleArn) ?? [];
  if (account === undefined || role === undefined)
    throw new WireError(400, 'ValidationError', `${roleArn} is invalid`);
  if (!SESSION_NAME.test(sessionName)) {
    throw new WireError(
      400,
      'ValidationError',
      `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    );
  }
  if (!(seconds >= 900 && seconds <= 43_200)) {
    throw new WireError(
      400,
      'ValidationError',
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and 43200`,
    );
  }
  const refusal = refusalOf(dependencies.accounts, account, roleArn);
  if (refusal !== undefined)
    throw new WireError(403, 'AccessDenied', `Not authorized to perform ${action}: ${refusal}`);
  return dependencies.sessions.issue({ account, role, sessionName, expires: exchange.now + seconds * 1000 });
}

function refusalOf(accounts: StsDependencies['accounts'], id: string, roleArn: string): string | undefined {
  const known = Object.entries(accounts);
  if (known.length === 0) return undefined;
  const [name, account] = known.find(([, each]) => each.id === id) ?? [];
  if (account === undefined) return `the sandbox's world has no account ${id} (of ${roleArn})`;
  if (account.roles === undefined || account.roles.includes(roleArn)) return undefined;
  return `the sandbox's world lists the roles of account ${name}, and ${roleArn} is not among them`;
}

/** The subject of a GitHub-like OIDC token; its signature is not verified, its audience and times are. */
function checkToken(token: string, now: number): string {
  const claims = claimsOf(token);
  if (claims === undefined) {
    throw new WireError(400, 'InvalidIdentityToken', 'The web identity token is not a JSON Web Token.');
  }
  if (claims.aud !== AUDIENCE) {
    throw new WireError(
      400,
      'InvalidIdentityToken',
      `Incorrect token audience: ${String(claims.aud)}; it must be ${AUDIENCE}.`,
    );
  }
  if (typeof claims.exp === 'number' && claims.exp * 1000 <= now) {
    throw new WireError(
      400,
      'ExpiredTokenException',
      'Token expired: current date/time must be before the expiration date/time.',
    );
  }
  return typeof claims.sub === 'string' ? claims.sub : '';
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null
      ? (claims as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function assumed(session: Session): {
  readonly Credentials: { readonly [name: string]: string | Date };
  readonly AssumedRoleUser: { readonly [name: string]: string };
} {
  return {
    Credentials: {
      AccessKeyId: session.accessKey,
      SecretAccessKey: session.secret,
      SessionToken: session.token,
      Expiration: new Date(session.expires),
    },
    AssumedRoleUser: {
      Arn: assumedRoleArn(session),
      AssumedRoleId: `${roleId(session)}:${session.sessionName}`,
    },
  };
}

function assumedRoleArn({ account, role, sessionName }: Session): string {
  return `arn:aws:sts::${account}:assumed-role/${role}/${sessionName}`;
}

function roleId({ role }: Session): string {
  return `AROA${Buffer.from(role).toString('hex').toUpperCase().slice(0, 17).padEnd(17, 'X')}`;
}
