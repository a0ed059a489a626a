import type { Answer, Exchange } from './service.ts';

/** The form of an AWS query request (`Action=…&Version=…`), or undefined when the request is of another protocol. */
export function queryForm(exchange: Exchange): URLSearchParams | undefined {
  const type = exchange.headers['content-type'] ?? '';
  if (exchange.url.pathname !== '/') return undefined;
  if (exchange.method === 'GET')
    return exchange.url.searchParams.has('Action') ? exchange.url.searchParams : undefined;
  if (!type.startsWith('application/x-www-form-urlencoded')) return undefined;
  return new URLSearchParams(exchange.body.toString('utf8'));
}

/** The Action of a query request of one service's API version (`2011-06-15` is STS, `2010-08-01` CloudWatch). */
export function queryAction(exchange: Exchange, version: string): string | undefined {
  const form = queryForm(exchange);
  return form?.get('Version') === version ? (form.get('Action') ?? undefined) : undefined;
}

/** A value of a query form: lists from `X.member.1`, structures from `X.Name`. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue };

/** The form as a tree: `Dimensions.member.1.Name=a` becomes `{ Dimensions: [{ Name: 'a' }] }`. Action and Version are left out. */
export function formTree(form: URLSearchParams): { [name: string]: FormValue } {
  const root: Node = { members: new Map() };
  for (const [key, value] of form) {
    if (key === 'Action' || key === 'Version') continue;
    let node = root;
    for (const part of key.split('.')) {
      const next = node.members.get(part) ?? { members: new Map() };
      node.members.set(part, next);
      node = next;
    }
    node.text = value;
  }
  return Object.fromEntries([...root.members].map(([name, node]) => [name, formValue(node)]));
}

interface Node {
  text?: string;
  readonly members: Map<string, Node>;
}

function formValue(node: Node): FormValue {
  if (node.members.size === 0) return node.text ?? '';
  const list = node.members.get('member');
  const items = list ?? node;
  if ([...items.members.keys()].every((name) => /^\d+$/.test(name))) {
    return [...items.members].sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => formValue(item));
  }
  return Object.fromEntries([...node.members].map(([name, member]) => [name, formValue(member)]));
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
}

/** What an XML element of an answer may hold: a list becomes `<member>` elements, undefined is left out. */
export type XmlValue =
  | string
  | number
  | boolean
  | Date
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

export function xmlMembers(members: { readonly [name: string]: XmlValue }): string {
  return Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${xmlContent(value)}</${name}>`)
    .join('');
}

function xmlContent(value: XmlValue): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => `<member>${xmlContent(item)}</member>`).join('');
  if (typeof value === 'object') return xmlMembers(value as { readonly [name: string]: XmlValue });
  return escapeXml(String(value ?? ''));
}

/** `<{Action}Response><{Action}Result>…` with the request ID, as AWS query services answer. */
export function xmlAnswer(
  exchange: Exchange,
  action: string,
  namespace: string,
  result: { readonly [name: string]: XmlValue },
): Answer {
  const body =
    `<${action}Response xmlns="${namespace}"><${action}Result>${xmlMembers(result)}</${action}Result>` +
    `<ResponseMetadata><RequestId>${exchange.requestId}</RequestId></ResponseMetadata></${action}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

export function xmlFailure(exchange: Exchange, status: number, code: string, message: string): Answer {
  const error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message };
  const body = `<ErrorResponse><Error>${xmlMembers(error)}</Error><RequestId>${exchange.requestId}</RequestId></ErrorResponse>`;
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
