import { describe, expect, test } from '@jest/globals';
import type { Clock } from '@promo-actions/core/clock';
import { OutsideError } from '@promo-actions/core/errors';
import fc from 'fast-check';
import { toDocument, toText } from './document.ts';
import { createJira, createTicketSystem, type JiraAddress } from './index.ts';

const clock: Clock = {
  now: () => 0,
  sleep: (ms, signal) =>
    ms < 30_000
      ? Promise.resolve()
      : new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
};
const fields = { start: 'Planned start', end: 'customfield_2' };

type Answers = (url: URL) => { status?: number; body?: unknown; headers?: Record<string, string> };

/** A Jira that answers by the address asked; what was asked is kept. */
function answering(answers: Answers, address: JiraAddress = { baseUrl: 'https://jira.test/' }) {
  const asked: string[] = [];
  const jira = createJira({
    address,
    user: 'bot@example.com',
    token: 'secret',
    clock,
    fetch: async (input, init) => {
      const url = new URL(String(input));
      asked.push(
        `${init?.method} ${url.origin}${url.pathname} ${new Headers(init?.headers).get('authorization')}`,
      );
      const { status = 200, body, headers = {} } = answers(url);
      const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
      return new Response(text, {
        status,
        headers: { 'x-arequestid': 'r-1', 'content-type': 'application/json', ...headers },
      });
    },
  });
  return { tickets: createTicketSystem(jira), asked };
}

async function refusal(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
  address?: JiraAddress,
) {
  const { tickets } = answering(() => ({ status, body, headers }), address);
  const error = await tickets.transitions('CHG-1').catch((it: unknown) => it);
  expect(error).toBeInstanceOf(OutsideError);
  const { message } = error as OutsideError;
  expect(message).not.toContain('secret');
  return message;
}

describe('where and as whom', () => {
  const basic = `Basic ${Buffer.from('bot@example.com:secret').toString('base64')}`;
  const status = { id: '1', name: 'Open' };
  test('the site itself', async () => {
    const { tickets, asked } = answering(() => ({
      body: { key: 'CHG-1', fields: { summary: 's', status } },
    }));
    expect(await tickets.find('CHG-1', fields)).toEqual({
      key: 'CHG-1',
      url: 'https://jira.test/browse/CHG-1',
      summary: 's',
      status,
    });
    expect(asked).toEqual([`GET https://jira.test/rest/api/3/issue/CHG-1 ${basic}`]);
  });

  test('the API host, which is asked once where the site is', async () => {
    const answers: Answers = (url) =>
      url.pathname.endsWith('/serverInfo')
        ? { body: { baseUrl: 'https://example.atlassian.net' } }
        : { body: { key: 'CHG-1', fields: { summary: null, status } } };
    const { tickets, asked } = answering(answers, { cloudId: 'ab-12' });
    await tickets.find('CHG-1', fields);
    expect((await tickets.find('CHG-1', fields))?.url).toBe('https://example.atlassian.net/browse/CHG-1');
    const host = 'https://api.atlassian.com/ex/jira/ab-12/rest/api/3';
    expect(asked.map((it) => it.split(' ')[1])).toEqual([
      `${host}/issue/CHG-1`,
      `${host}/serverInfo`,
      `${host}/issue/CHG-1`,
    ]);
  });
});

describe('refusals become advice', () => {
  test('a wrong token, or the right one at the wrong host', async () => {
    const body = { errorMessages: ['Client must be authenticated to access this resource.'], errors: {} };
    const site = await refusal(401, body);
    expect(site).toContain(
      'The transitions of CHG-1 could not be read. Jira says: Client must be authenticated',
    );
    expect(site).toContain('(GET /rest/api/3/issue/CHG-1/transitions, HTTP 401, request ID r-1)');
    expect(site).toContain('use `cloud-id` in place of `base-url`');
    expect(await refusal(401, { code: 401, message: 'Unauthorized' }, {}, { cloudId: 'x' })).toContain(
      'use `base-url` in place of `cloud-id`',
    );
  });

  test('a missing permission, and a locked account', async () => {
    expect(await refusal(403, {})).toContain('`read:jira-work`');
    expect(await refusal(403, {}, { 'x-seraph-loginreason': 'AUTHENTICATION_DENIED' })).toContain(
      'log in by a browser once',
    );
  });

  test('the fields that Jira names', async () => {
    const body = { errorMessages: [], errors: { summary: 'You must specify a summary of the issue.' } };
    expect(await refusal(400, body)).toContain(
      'Jira says: summary: You must specify a summary of the issue.',
    );
  });

  test('an address that is no Jira', async () => {
    expect(await refusal(200, '<html>')).toContain('answered something other than JSON');
    const { tickets } = answering(() => ({
      status: 404,
      body: '<html>',
      headers: { 'content-type': 'text/html' },
    }));
    await expect(tickets.find('CHG-1', fields)).rejects.toThrow('Check `base-url`');
    expect(await answering(() => ({ status: 404, body: {} })).tickets.find('CHG-1', fields)).toBeUndefined();
  });

  test('a limit that lasts too long, by the name Jira gives it', async () => {
    const message = await refusal(
      429,
      {},
      { 'retry-after': '900', 'ratelimit-reason': 'jira-quota-tenant-based' },
    );
    expect(message).toContain('too many requests (limit jira-quota-tenant-based)');
    expect(message).toContain('wait 15m');
  });

  test('approvals of what is no request', async () => {
    const { tickets } = answering(() => ({ status: 404, body: {} }));
    await expect(tickets.approvals('CHG-1')).rejects.toThrow(
      'Only requests of Jira Service Management have approvals',
    );
  });
});

describe('fields', () => {
  const planned = async (values: Record<string, unknown>, names: Record<string, string>) => {
    const body = {
      key: 'CHG-1',
      fields: { summary: '', status: { id: '1', name: 'Open' }, ...values },
      names,
    };
    const ticket = await answering(() => ({ body })).tickets.find('CHG-1', fields);
    return [ticket?.plannedStart, ticket?.plannedEnd];
  };
  test('are found by name or ID; of two with one name the filled one', async () => {
    const names = {
      customfield_1: 'Planned Start',
      customfield_2: 'Whatever',
      customfield_3: 'planned start',
    };
    expect(await planned({ customfield_1: null, customfield_2: 'e', customfield_3: 's' }, names)).toEqual([
      's',
      'e',
    ]);
    expect(await planned({ customfield_1: null, customfield_2: null }, names)).toEqual([null, null]);
    expect(await planned({}, {})).toEqual([undefined, undefined]);
    expect(await planned({ customfield_2: { value: 1 } }, names)).toEqual([undefined, '{"value":1}']);
  });
});

describe('documents', () => {
  const word = fc.stringMatching(/^[a-zA-Z0-9·:/.,()]{1,8}$/);
  const line = fc
    .array(fc.oneof(word, fc.constant('https://example.com/a?b=c'), fc.constant('- x')), {
      minLength: 1,
      maxLength: 4,
    })
    .map((words) => words.join(' '));
  const text = fc
    .array(
      fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n')),
      { minLength: 1, maxLength: 4 },
    )
    .map((blocks) => blocks.join('\n\n'));

  test('give back the text that they were made of', () => {
    fc.assert(
      fc.property(text, (it) => {
        expect(toText(toDocument(it))).toBe(it);
      }),
    );
  });

  test('hold no empty text, which Jira would refuse', () => {
    const texts = (node: ReturnType<typeof toDocument>): unknown[] =>
      JSON.stringify(node).match(/"text":""/g) ?? [];
    fc.assert(
      fc.property(fc.string(), (it) => {
        expect(texts(toDocument(it))).toEqual([]);
      }),
    );
  });

  test('have paragraphs, breaks, lists and links', () => {
    expect(toDocument('Run https://run/1.\nDone\n\n- a\n- b')).toEqual({
      type: 'doc',
      version: 1,
      content: [
        {
          type: 'paragraph',
          content: [
            { type: 'text', text: 'Run ' },
            {
              type: 'text',
              text: 'https://run/1',
              marks: [{ type: 'link', attrs: { href: 'https://run/1' } }],
            },
            { type: 'text', text: '.' },
            { type: 'hardBreak' },
            { type: 'text', text: 'Done' },
          ],
        },
        {
          type: 'bulletList',
          content: ['a', 'b'].map((item) => ({
            type: 'listItem',
            content: [{ type: 'paragraph', content: [{ type: 'text', text: item }] }],
          })),
        },
      ],
    });
  });
});
