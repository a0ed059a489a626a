import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Clock } from '@promo-actions/core/clock';
import { OutsideError } from '@promo-actions/core/errors';
import { createFeedCopy } from './copy.ts';
import { createCalendarFeed } from './feed.ts';

const now = Date.parse('2026-03-03T20:00:00Z');
/** Waits of the retries pass at once; an attempt's time limit never comes. */
const clock: Clock = {
  now: () => now,
  sleep: (milliseconds, signal) =>
    milliseconds < 5_000
      ? Promise.resolve()
      : new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
};
const calendar = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:Freeze\r\nDTSTART:20260303T200000Z\r\nDTEND:20260303T220000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;

let server: Server;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feed-'));
});
afterEach(async () => {
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function serve(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/private-secret/basic.ics`;
}
async function failure(url: string): Promise<OutsideError> {
  const error = await createCalendarFeed(url, clock)
    .read(now, now + 86_400_000)
    .catch((reason: unknown) => reason);
  if (!(error instanceof OutsideError)) throw new Error(`not an OutsideError: ${error}`);
  return error;
}

test('a feed is read with the digest of its bytes', async () => {
  const url = await serve((_, response) => response.end(calendar));
  const feed = await createCalendarFeed(url, clock).read(now, now + 86_400_000);
  expect(feed.events.map((event) => event.label)).toEqual(['Freeze']);
  expect(feed.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(feed.readAt).toBe(now);
});

test.each<[string, RequestListener, RegExp]>([
  ['is not there', (_, response) => response.writeHead(404).end(), /HTTP 404\) Check `calendar-url`/],
  ['fails', (_, response) => response.writeHead(503).end(), /HTTP 503/],
  ['is a sign-in page', (_, response) => response.end('<html>'), /not in iCalendar form\. Check that/],
  ['drops the connection', (request) => request.socket.destroy(), /could not be read/],
])('a feed that %s is told by its host alone', async (_, answer, message) => {
  const error = await failure(await serve(answer));
  expect(error.message).toMatch(message);
  expect(error.message).toContain('The calendar feed at 127.0.0.1');
  expect(error.message).not.toContain('private-secret');
});

test('a copy comes back as it was kept, and none from another address or a damaged file', async () => {
  const url = await serve((_, response) => response.end(calendar));
  const feed = await createCalendarFeed(url, clock).read(now, now + 86_400_000);
  const path = join(folder, 'deep', 'copy.json');
  const copy = createFeedCopy(path, url);
  expect(await copy.load()).toBeUndefined();
  await copy.save(feed);
  expect(await copy.load()).toEqual(feed);
  expect(await createFeedCopy(path, 'https://other.test/x.ics').load()).toBeUndefined();
  expect(await readFile(path, 'utf8')).not.toContain('private-secret');
  await writeFile(path, '{"source":');
  expect(await copy.load()).toBeUndefined();
  const { span: _, ...spanless } = feed;
  await copy.save(spanless as typeof feed);
  expect(await copy.load()).toBeUndefined();
});

test('a copy that cannot be written is told', async () => {
  await writeFile(join(folder, 'file'), '');
  const copy = createFeedCopy(join(folder, 'file', 'copy.json'), 'https://x.test');
  const span = { start: 0, end: 0 };
  await expect(copy.save({ span, events: [], digest: '', readAt: 0 })).rejects.toThrow(OutsideError);
});
