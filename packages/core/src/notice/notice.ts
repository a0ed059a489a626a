import { createHash } from 'node:crypto';
import { oneLine } from '../foreign-text/index.ts';

export const occasions = ['started', 'pending', 'succeeded', 'failed', 'rolled-back'] as const;
/** What happened to a promotion. */
export type Occasion = (typeof occasions)[number];

/** What people are told, whatever the channel. Texts are plain; each channel brings them into its own form and limits. */
export interface Notice {
  readonly occasion: Occasion;
  /** `owner/name`. */
  readonly repository: string;
  readonly environment: string | undefined;
  readonly service: string | undefined;
  readonly version: string | undefined;
  readonly fromVersion: string | undefined;
  readonly actor: string;
  readonly reason: string | undefined;
  readonly ticket: string | undefined;
  /** What people should know or do, in paragraphs; shown whole as far as it fits. */
  readonly message: string | undefined;
  /** Further facts by name. */
  readonly fields: Readonly<Record<string, string>>;
  /** Where people look: name and address. */
  readonly links: readonly (readonly [string, string])[];
  /** Epoch milliseconds. */
  readonly at: number;
}

const words: Readonly<Record<Occasion, string>> = {
  started: 'is being promoted',
  pending: 'is waiting for approval',
  succeeded: 'was promoted',
  failed: 'could not be promoted',
  'rolled-back': 'was rolled back',
};

/** `orders v1.4.0 could not be promoted to prod`: what happened, in one line. */
export function headline({ occasion, repository, service, version, environment }: Notice): string {
  const what = [service ?? repository.split('/').at(-1), version].filter(Boolean).join(' ');
  const place = occasion === 'rolled-back' || occasion === 'pending' ? 'in' : 'to';
  const where = environment ? ` ${occasion === 'pending' ? 'for' : place} ${environment}` : '';
  return oneLine(`${what} ${words[occasion]}${where}`);
}

/** Name and value of everything that is known, the most important first. */
export function facts(notice: Notice): readonly (readonly [string, string])[] {
  const { environment, service, version, fromVersion, actor, reason, ticket, fields } = notice;
  const all: readonly (readonly [string, string | undefined])[] = [
    ['Environment', environment],
    ['Service', service],
    ['Version', fromVersion && version ? `${fromVersion} → ${version}` : (version ?? fromVersion)],
    ['Ticket', ticket],
    ['Reason', reason],
    ['By', actor],
    ...Object.entries(fields),
  ];
  return all.flatMap(([name, value]) => (value ? [[oneLine(name), value] as const] : []));
}

const longestKey = 255;

/** What makes the failures of one service in one environment one incident, which its success or rollback ends. */
export function incidentKey({ repository, service, environment }: Notice): string {
  const key = ['promo', repository, service, environment].filter(Boolean).join('/');
  if (key.length <= longestKey) return key;
  return `promo/${createHash('sha256').update(key).digest('hex')}`;
}

/** Cut to so many UTF-16 units, with an ellipsis and no half of a character, once `form` has brought it into its form. */
export function clipped(text: string, most: number, form: (text: string) => string = (it) => it): string {
  if (form(text).length <= most) return form(text);
  const characters = Array.from(text.slice(0, most));
  let [fits, over] = [0, characters.length + 1];
  const cut = (count: number) =>
    form(
      `${characters
        .slice(0, count)
        .join('')
        .replace(/[\uD800-\uDBFF]$/, '')}…`,
    );
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2);
    if (cut(middle).length <= most) fits = middle;
    else over = middle;
  }
  return cut(fits);
}
