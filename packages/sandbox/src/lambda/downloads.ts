import type { Answer, Exchange } from '../kernel/index.ts';
import type { Code } from './model.ts';

const PATH = '/_sandbox/lambda/code/';
/** Lambda's links to a package hold for ten minutes. */
const VALID = 600_000;

interface Offer {
  readonly code: Code;
  readonly expires: number;
}

/** The links by which a package can be fetched without a signature, as GetFunction's Code.Location gives them. */
export class CodeDownloads {
  readonly #offers = new Map<string, Offer>();
  readonly #url: () => string;

  constructor(url: () => string) {
    this.#url = url;
  }

  offer(code: Code, now: number, id: string): string {
    this.#offers.set(id, { code, expires: now + VALID });
    return `${this.#url()}${PATH}${id}?X-Amz-Expires=600`;
  }

  isDownload({ method, url }: Exchange): boolean {
    return method === 'GET' && url.pathname.startsWith(PATH);
  }

  /** The zip; or, as S3 does, 403 for a link that is too old or was never given. */
  answer({ url, now }: Exchange): Answer {
    const offer = this.#offers.get(url.pathname.slice(PATH.length));
    if (offer !== undefined && now < offer.expires) {
      return { status: 200, headers: { 'content-type': 'application/zip' }, body: offer.code.zip };
    }
    const message = offer === undefined ? 'Access Denied' : 'Request has expired';
    const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
    return { status: 403, headers: { 'content-type': 'application/xml' }, body };
  }
}
