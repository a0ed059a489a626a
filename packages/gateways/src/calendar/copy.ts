import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { OutsideError } from '@promo-actions/core/errors';
import type { Feed, FeedCopy } from '@promo-actions/core/window';

/** A feed's last reading in a file, which actions/cache may carry from run to run. A copy of another address does not count. */
export function createFeedCopy(path: string, address: string): FeedCopy {
  const file = isAbsolute(path) ? path : join(process.env.GITHUB_WORKSPACE ?? process.cwd(), path);
  const source = createHash('sha256').update(address).digest('hex');
  return {
    async load() {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      const kept = text === undefined ? undefined : parsed(text);
      return isCopy(kept) && kept.source === source ? kept.feed : undefined;
    },
    async save(feed) {
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, JSON.stringify({ source, feed }));
      } catch (error) {
        throw new OutsideError({
          what: `The copy of the calendar feed could not be written to ${file}`,
          why: error instanceof Error ? error.message : String(error),
          remedy: 'Give `calendar-copy` a path that the job may write to.',
          cause: error,
        });
      }
    },
  };
}

/** A copy that a killed run left half-written is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCopy(kept: unknown): kept is { source: string; feed: Feed } {
  if (typeof kept !== 'object' || kept === null || !('source' in kept) || !('feed' in kept)) return false;
  const { feed } = kept;
  if (typeof feed !== 'object' || feed === null || !('events' in feed) || !('readAt' in feed)) return false;
  return (
    'span' in feed &&
    isSpan(feed.span) &&
    Array.isArray(feed.events) &&
    feed.events.every(isEvent) &&
    typeof feed.readAt === 'number' &&
    'digest' in feed
  );
}

function isSpan(span: unknown): boolean {
  if (typeof span !== 'object' || span === null || !('start' in span) || !('end' in span)) return false;
  return typeof span.start === 'number' && typeof span.end === 'number';
}

function isEvent(event: unknown): boolean {
  if (typeof event !== 'object' || event === null || !('from' in event) || !('to' in event)) return false;
  return isMoment(event.from) && isMoment(event.to);
}

function isMoment(moment: unknown): boolean {
  if (typeof moment !== 'object' || moment === null) return false;
  if ('instant' in moment) return typeof moment.instant === 'number';
  return (
    'local' in moment && typeof moment.local === 'string' && !Number.isNaN(Date.parse(`${moment.local}Z`))
  );
}
