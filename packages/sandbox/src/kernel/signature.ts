/** What a Signature Version 4 says about the caller. The signature itself is not verified: the sandbox has no secrets. */
export interface SignatureScope {
  readonly accessKey: string;
  readonly region: string;
  /** The signing name of the service, such as `lambda` or `monitoring`. */
  readonly service: string;
}

const CREDENTIAL = /^([^/\s,]+)\/\d{8}\/([^/\s,]+)\/([^/\s,]+)\/aws4_request/;

/** The credential scope of a signed request, from its Authorization header or its presigned query; undefined when unsigned. */
export function signatureScope(
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
): SignatureScope | undefined {
  const header = headers.authorization ?? '';
  const credential = header.startsWith('AWS4-')
    ? (/Credential=([^,\s]+)/.exec(header)?.[1] ?? '')
    : (query.get('X-Amz-Credential') ?? '');
  const scope = CREDENTIAL.exec(credential);
  const [, accessKey, region, service] = scope ?? [];
  if (accessKey === undefined || region === undefined || service === undefined) return undefined;
  return { accessKey, region, service };
}
