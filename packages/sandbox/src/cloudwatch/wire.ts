import * as v from 'valibot';
import {
  type Answer,
  cborAnswer,
  cborBody,
  cborFailure,
  cborOperation,
  type Exchange,
  formTree,
  isCbor,
  type JsonObject,
  jsonAnswer,
  jsonBody,
  jsonFailure,
  queryAction,
  queryForm,
  targetOperation,
  WireError,
  type XmlValue,
  xmlAnswer,
  xmlFailure,
} from '../kernel/index.ts';

// CloudWatch speaks three protocols: the JS SDK sends JSON 1.0, botocore (the AWS CLI) CBOR, older clients the query form.
const SERVICE = 'GraniteServiceVersion20100801';
const API_VERSION = '2010-08-01';
const NAMESPACE = 'http://monitoring.amazonaws.com/doc/2010-08-01/';

/** What an operation answers with: lists, structures, texts, numbers, and Dates for timestamps. */
export type Output = { readonly [name: string]: XmlValue };

export function operationOf(exchange: Exchange): string | undefined {
  return (
    targetOperation(exchange, SERVICE) ??
    cborOperation(exchange, SERVICE) ??
    queryAction(exchange, API_VERSION)
  );
}

/** The operation's input as a plain object; its leaves are still as the protocol writes them. */
export function inputOf(exchange: Exchange): JsonObject {
  if (isCbor(exchange)) return cborBody(exchange);
  const form = queryForm(exchange);
  return form === undefined ? jsonBody(exchange) : formTree(form);
}

/** JSON 1.0 writes timestamps as seconds. */
function secondsForDates(value: XmlValue): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(secondsForDates);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, secondsForDates(member)]));
}

export function answerOf(operation: string, exchange: Exchange, output: Output): Answer {
  if (isCbor(exchange)) return cborAnswer(output);
  if (queryForm(exchange) !== undefined) return xmlAnswer(exchange, operation, NAMESPACE, output);
  return jsonAnswer(exchange, secondsForDates(output));
}

/** The codes that the JSON and CBOR forms spell differently from the query form. */
const SHAPES: Readonly<Record<string, string>> = {
  InvalidParameterValue: 'InvalidParameterValueException',
  InvalidParameterCombination: 'InvalidParameterCombinationException',
  MissingParameter: 'MissingRequiredParameterException',
  ValidationError: 'ValidationException',
  InvalidParameterInput: 'DashboardInvalidInputError',
  InternalServiceError: 'InternalServiceFault',
};

export function failureOf(exchange: Exchange, status: number, code: string, message: string): Answer {
  if (queryForm(exchange) !== undefined && !isCbor(exchange))
    return xmlFailure(exchange, status, code, message);
  const shape = SHAPES[code] ?? code;
  const answer = isCbor(exchange)
    ? cborFailure(status, shape, message)
    : jsonFailure(exchange, status, shape, message);
  const compatible = { 'x-amzn-query-error': `${code};${status < 500 ? 'Sender' : 'Receiver'}` };
  return { ...answer, headers: { ...answer.headers, ...compatible } };
}

export const wireNumber = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/), v.transform(Number))]),
  v.finite(),
);
export const wireBoolean = v.union([
  v.boolean(),
  v.pipe(
    v.picklist(['true', 'false']),
    v.transform((text) => text === 'true'),
  ),
]);
/** A timestamp of any of the three protocols, as epoch milliseconds. */
export const wireTime = v.pipe(
  v.union([
    v.pipe(
      v.date(),
      v.transform((date) => date.getTime()),
    ),
    v.pipe(
      v.number(),
      v.transform((seconds) => seconds * 1000),
    ),
    v.pipe(
      v.string(),
      v.transform((text) => Date.parse(text)),
    ),
  ]),
  v.finite(),
);

export function validationError(message: string): WireError {
  return new WireError(400, 'ValidationError', message);
}

/** Reads an input; what does not fit is AWS's ValidationError with the parameter's path. */
export function read<Schema extends v.GenericSchema>(schema: Schema, input: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const told = result.issues.map((issue) => {
    const path = v.getDotPath(issue) ?? 'input';
    if (issue.input === undefined) return `The parameter ${path} is required.`;
    return `The value for parameter ${path} is not valid: ${issue.message}.`;
  });
  throw validationError(told.join('\n'));
}
