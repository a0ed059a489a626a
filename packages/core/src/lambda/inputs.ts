import { matching, type text } from '../action/index.ts';

type InputOptions = NonNullable<Parameters<typeof text>[1]>;

const functionName = /^((arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?\d{12}:function:)?[A-Za-z0-9_-]{1,64}$/;
const aliasName = /^(?!\d+$)[A-Za-z0-9_-]{1,128}$/;

/** A function by its name or ARN, without a version or alias. */
export function functionInput<const O extends InputOptions>(description: string, options: O) {
  return matching(
    functionName,
    'the name or ARN of a function, without a version or alias',
    description,
    options,
  );
}

/** The entries of a list that can be no function's name. */
export function wrongFunctions(functions: readonly string[]): readonly string[] {
  return functions.filter((name) => !functionName.test(name));
}

export function aliasInput<const O extends InputOptions>(description: string, options: O) {
  return matching(
    aliasName,
    'the name of an alias: letters, digits, `-` and `_`, not digits alone',
    description,
    options,
  );
}

/** A published version's number; `$LATEST` is none. */
export function versionInput<const O extends InputOptions>(description: string, options: O) {
  return matching(
    /^[1-9]\d{0,15}$/,
    'the number of a published version, such as `42` (`$LATEST` is none)',
    description,
    options,
  );
}

/** A SHA-256 as Lambda writes it: base64 for a zip, hexadecimal for an image. */
export function codeSha256Input<const O extends InputOptions>(description: string, options: O) {
  return matching(
    /^([A-Za-z0-9+/]{43}=|[0-9a-f]{64})$/,
    "a SHA-256 in base64 (44 characters) as Lambda's CodeSha256 is, or the 64 hexadecimal digits of an image",
    description,
    options,
  );
}
