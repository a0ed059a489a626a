import { WireError } from '../kernel/index.ts';

/** Where a function lives. */
export interface Scope {
  readonly account: string;
  readonly region: string;
}

/** A function as a caller names it, with the version or alias that the name itself or the query asks for. */
export interface Reference extends Scope {
  readonly name: string;
  readonly qualifier: string | undefined;
}

const REFERENCE =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

export function functionArn({ account, region }: Scope, name: string, qualifier?: string): string {
  return `arn:aws:lambda:${region}:${account}:function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`;
}

/** Lambda's word for an input of the wrong form. */
export function constraintError(value: string, member: string, constraint: string): WireError {
  const message = `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`;
  return new WireError(400, 'ValidationException', message);
}

export function parameterError(message: string): WireError {
  return new WireError(400, 'InvalidParameterValueException', message);
}

/**
 * Reads a function's name in any of Lambda's forms: `f`, `f:alias`, `account:function:f`, an ARN with or without a
 * qualifier. `asked` is the Qualifier of the query.
 */
export function parseReference(text: string, caller: Scope, asked: string | undefined): Reference {
  const [, region = caller.region, account = caller.account, name, own] = REFERENCE.exec(text) ?? [];
  if (name === undefined || name.length > 64) {
    throw constraintError(
      text,
      'functionName',
      'Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?',
    );
  }
  if (own !== undefined && asked !== undefined && own !== asked) {
    throw parameterError(
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  if (region !== caller.region) {
    const message = `Functions from '${region}' are not reachable in this region ('${caller.region}')`;
    throw new WireError(404, 'ResourceNotFoundException', message);
  }
  if (account !== caller.account) {
    const message = `The account ${caller.account} is not authorized to use ${functionArn({ account, region }, name)}: the sandbox has no resource policies.`;
    throw new WireError(403, 'AccessDeniedException', message);
  }
  return { account, region, name, qualifier: own ?? asked };
}

export function isVersionNumber(qualifier: string): boolean {
  return /^\d+$/.test(qualifier);
}
