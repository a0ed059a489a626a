import type { Caller, Random } from '../kernel/index.ts';

/** Temporary credentials that STS issued, and whom they stand for. */
export interface Session {
  readonly accessKey: string;
  readonly secret: string;
  readonly token: string;
  readonly account: string;
  /** The role's name, without its path. */
  readonly role: string;
  readonly sessionName: string;
  /** Virtual epoch milliseconds. */
  readonly expires: number;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The temporary credentials of one world. */
export class Sessions {
  readonly #byKey = new Map<string, Session>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  issue(session: Omit<Session, 'accessKey' | 'secret' | 'token'>): Session {
    const issued: Session = {
      ...session,
      accessKey: `ASIA${this.#letters(16)}`,
      secret: this.#letters(40),
      token: `sandbox-${this.#letters(64)}`,
    };
    this.#byKey.set(issued.accessKey, issued);
    return issued;
  }

  find(accessKey: string): Session | undefined {
    return this.#byKey.get(accessKey);
  }

  /** Whom an access key stands for at a virtual moment; keys that are themselves an account never expire. */
  callerOf(accessKey: string, now: number): Caller {
    if (/^\d{12}$/.test(accessKey)) return { account: accessKey };
    const session = this.#byKey.get(accessKey);
    if (session === undefined) {
      const message =
        'The security token included in the request is invalid. The sandbox takes a 12-digit account as access key, or a key that its STS issued.';
      return { refusal: { code: 'UnrecognizedClientException', message } };
    }
    if (session.expires <= now) {
      const message = `The security token included in the request is expired (since ${new Date(session.expires).toISOString()}, virtual time).`;
      return { refusal: { code: 'ExpiredTokenException', message } };
    }
    return { account: session.account };
  }

  #letters(count: number): string {
    return Array.from({ length: count }, () => LETTERS[Math.floor(this.#random() * LETTERS.length)]).join('');
  }
}
