import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';

interface Operation {
  readonly parameters?: readonly { readonly $ref?: string; readonly name?: string; readonly in?: string }[];
  readonly requestBody?: { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Response>>;
}
interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, { readonly name: string; readonly in: string }>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

const file = createRequire(import.meta.url).resolve('@octokit/openapi');
const document: Document = JSON.parse(
  readFileSync(file.replace('index.js', 'generated/api.github.com.json'), 'utf8'),
);

const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
ajv.addSchema(asJsonSchema(document) as object, 'github');
const compiled = new Map<string, ValidateFunction>();

/**
 * OpenAPI 3.0 as JSON Schema: `nullable` beside anything but a type means "or null", and GitHub writes `oneOf` for answers of
 * which several match.
 */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, oneOf, ...rest } = value as Readonly<Record<string, unknown>>;
  const mapped = Object.fromEntries(
    Object.entries({ ...rest, ...(oneOf === undefined ? {} : { anyOf: oneOf }) }).map(([key, it]) => [
      key,
      asJsonSchema(it),
    ]),
  );
  if (nullable !== true) return mapped;
  return { anyOf: [mapped, { type: 'null' }] };
}

/** Whether GitHub's document has an operation, written `GET /repos/{owner}/{repo}/tags`. */
export function isDocumented(operation: string): boolean {
  const [method = '', path = ''] = operation.split(' ');
  return document.paths[path]?.[method.toLowerCase()] !== undefined;
}

// `{base}...{head}` is an older name of `{basehead}`.
const patterns = Object.keys(document.paths)
  .filter((path) => !path.includes('}...{'))
  .map((path) => ({
    path,
    literals: path.replace(/\{[^}]+\}/g, '').length,
    pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
  }))
  .sort((a, b) => b.literals - a.literals);

/** The documented operation of a request: the most literal path that matches. */
export function operationOf(method: string, pathname: string): string {
  const found = patterns.find(
    ({ path, pattern }) => pattern.test(pathname) && isDocumented(`${method} ${path}`),
  );
  if (!found) throw new Error(`GitHub's document has no ${method} ${pathname}`);
  return `${method} ${found.path}`;
}

/** What a request has that the document does not allow; empty when it keeps to it. */
export function requestMistakes(operation: string, query: URLSearchParams, body: unknown): readonly string[] {
  const { pointer, found } = lookUp(operation);
  const known = (found.parameters ?? []).map((it) =>
    it.$ref ? document.components.parameters[it.$ref.split('/').at(-1) ?? ''] : it,
  );
  const queries = new Set(known.filter((it) => it?.in === 'query').map((it) => it?.name));
  const strangers = [...query.keys()]
    .filter((name) => !queries.has(name))
    .map((name) => `${operation}: no query parameter ${name}`);
  if (body === undefined)
    return found.requestBody?.required ? [...strangers, `${operation}: the body is missing`] : strangers;
  return [
    ...strangers,
    ...mistakes(`${pointer}/requestBody/content/application~1json/schema`, body, `${operation} request`),
  ];
}

/** What an answer has that the document does not promise. Errors outside the document must be GitHub's basic error. */
export function answerMistakes(operation: string, status: number, body: unknown): readonly string[] {
  const { pointer, found } = lookUp(operation);
  const listed = found.responses[String(status)];
  const named = listed?.$ref ? document.components.responses[listed.$ref.split('/').at(-1) ?? ''] : listed;
  const response = named?.content?.['application/json'] || body === undefined ? listed : undefined;
  const what = `${operation} ${status}`;
  if (!response)
    return status >= 400
      ? mistakes('/components/schemas/basic-error', body, what)
      : [`${what}: the document has no such answer`];
  if (body === undefined) return [204, 304].includes(status) ? [] : [`${what}: the body is missing`];
  const base = response.$ref ? response.$ref.slice(1) : `${pointer}/responses/${status}`;
  return mistakes(`${base}/content/application~1json/schema`, body, what);
}

function lookUp(operation: string): { readonly pointer: string; readonly found: Operation } {
  const [method = '', path = ''] = operation.split(' ');
  const found = document.paths[path]?.[method.toLowerCase()];
  if (!found) throw new Error(`GitHub's document has no ${operation}`);
  return {
    pointer: `/paths/${path.replace(/~/g, '~0').replace(/\//g, '~1')}/${method.toLowerCase()}`,
    found,
  };
}

function mistakes(pointer: string, value: unknown, what: string): readonly string[] {
  const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `github#${encodeURI(pointer)}` });
  compiled.set(pointer, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    (error) => `${what}: ${error.instancePath || 'it'} ${error.message ?? ''}`,
  );
}
