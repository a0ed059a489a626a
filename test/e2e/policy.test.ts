import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { promo } from '../rehearsal/promo.ts';

const example = join(process.cwd(), 'examples', 'tenant-service');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'promo-policy-'));
  mkdirSync(join(folder, '.github'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (policy: string) => writeFileSync(join(folder, '.github', 'promotion.yml'), policy);
const places = (text: string) =>
  text
    .replaceAll(/^\S*promotion\.yml/gm, 'promotion.yml')
    .trimEnd()
    .split('\n');

describe('promo policy check', () => {
  test("the example's policy is sound, and shows what it gives to whom", async () => {
    const { code, out, err } = await promo([
      'policy',
      'check',
      '--repo',
      example,
      '--show',
      '--environment',
      'prod',
    ]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /promotion\.yml is sound: \d+ values, 3 environments \(dev, sit, prod\), 0 services\./,
    );
    expect(out).toMatch(/^ {2}canary-rollout +function +tenant-service +\d+:\d+$/m);
    expect(out).toMatch(/^ {2}maintenance-window +windows +\[\{"days":\["Tue","Thu"\]/m);
    expect(out).not.toContain('latest-sit');
  });

  test('every mistake is told at once with file, line and column', async () => {
    write(`defaults:
  version: v1.4.0
  time-zone: Africa/Joburg
  maintenance-window: { windows: [Tue 25:00-26:00], require-time: 45m }
enviroments: {}
environments:
  prod:
    canary-rollout: { plan: "50:5m, 10:5m" }
    approval-gate: { matrix: { bugfix: { prod: [tech-lead] } } }
    evaluate-canary: { alpha: 3 }
`);
    const { code, out, err } = await promo(['policy', 'check', '--repo', folder]);
    expect([code, out]).toEqual([1, '']);
    expect(places(err)).toEqual([
      expect.stringMatching(/^promotion\.yml:2:3: `version` orders one step of one run/),
      expect.stringMatching(
        /^promotion\.yml:3:14: .*time-zone: got "Africa\/Joburg", expected an IANA time zone/,
      ),
      expect.stringMatching(/^promotion\.yml:4:34: maintenance-window: windows: .*`25:00` is no time of day/),
      expect.stringMatching(
        /^promotion\.yml:4:53: maintenance-window has no input `require-time`; did you mean `required-time`\?/,
      ),
      expect.stringMatching(/^promotion\.yml:5:1: knows no section `enviroments`/),
      expect.stringMatching(/^promotion\.yml:8:29: canary-rollout: plan: /),
      expect.stringMatching(/^promotion\.yml:9:30: approval-gate: matrix: .*`bugfix` is no change type/),
      expect.stringMatching(/^promotion\.yml:10:31: evaluate-canary: alpha: /),
      'promotion.yml: 8 mistakes.',
    ]);
  });

  test('what a step may give, and times that the clocks skip, are warnings', async () => {
    write(`environments:
  prod:
    maintenance-window: { windows: [Sun 02:30-06:00], time-zone: Europe/Berlin }
  sit:
    maintenance-window: { windows: [Sun 01:00-06:00] }
`);
    const { code, err } = await promo(['policy', 'check', '--repo', folder]);
    expect(code).toBe(0);
    expect(places(err)).toEqual([
      expect.stringMatching(
        /^promotion\.yml:5:36: warning: maintenance-window: windows: `Sun 01:00-06:00` names no time zone/,
      ),
      expect.stringMatching(
        /^promotion\.yml:3:36: warning: .*names 20\d\d-03-\d\d 02:30 Europe\/Berlin, which daylight saving skips/,
      ),
    ]);
  });

  test('as JSON', async () => {
    write('defaults: { table: deployments, tabel: x }\nenvironments: { prod: {} }\n');
    const { code, out } = await promo([
      'policy',
      'check',
      '--repo',
      folder,
      '--json',
      '--action',
      'record-deployment',
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject([
      {
        mistakes: [{ message: 'no action has an input `tabel`; did you mean `table`?' }],
        warnings: [],
        resolutions: [{ action: 'record-deployment', environment: 'prod', settings: [{ input: 'table' }] }],
      },
    ]);
  });

  test('what is asked for in a wrong way is told', async () => {
    const asked: readonly (readonly [readonly string[], string])[] = [
      [['policy', 'chek'], 'there is no `promo policy chek`'],
      [['policy', 'check', 'no-such.yml'], 'there is no policy no-such.yml'],
      [['policy', 'check', '--environment', 'prod'], 'give --show, too'],
      [
        ['policy', 'check', '--repo', example, '--show', '--environment', 'prdo'],
        '.github/promotion.yml does not know it. It knows dev, sit, prod.',
      ],
      [['windows', '--days', '0'], '--days is a whole number from 1 to 366, not 0'],
      [['windows', '--at', 'tomorrow'], '--at is a time with its offset'],
      [['windows', '--repo', example, '--environment', 'prdo'], 'does not know it. It knows dev, sit, prod.'],
    ];
    for (const [args, message] of asked) {
      const { code, err } = await promo(args);
      expect([args, code, err]).toEqual([args, 2, expect.stringContaining(message)]);
    }
  });
});

describe('promo windows', () => {
  const tuesday = ['--at', '2026-03-03T20:05:00Z'];

  test('tells what opens and closes, in local time and UTC, and why it is open', async () => {
    const { code, out } = await promo(['windows', '--repo', example, ...tuesday, '--days', '3']);
    expect([code, out]).toEqual([
      0,
      `prod: open at Tue 2026-03-03 22:05 Africa/Johannesburg (+02:00)
Open: by \`Tue,Thu 22:00-02:00 Africa/Johannesburg\`; closes Wed 2026-03-04 02:00 Africa/Johannesburg (+02:00), in 3h 55m.

Opens                          Closes                         Lasts  Opens, UTC            Closes, UTC
Tue 2026-03-03 22:00 (+02:00)  Wed 2026-03-04 02:00 (+02:00)  4h     2026-03-03T20:00:00Z  2026-03-04T00:00:00Z  open
Thu 2026-03-05 22:00 (+02:00)  Fri 2026-03-06 02:00 (+02:00)  4h     2026-03-05T20:00:00Z  2026-03-06T00:00:00Z
`,
    ]);
  });

  test('tells why it is closed, what is frozen, and what is too short', async () => {
    write(`environments:
  prod:
    maintenance-window:
      windows: [Tue 22:00-02:00, Wed 12:00-12:30]
      freezes: [2026-03-03, Fri]
      time-zone: Africa/Johannesburg
      required-time: 45m
`);
    const { code, out } = await promo(['windows', '--repo', folder, ...tuesday, '--days', '7']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^prod: closed at Tue[\s\S]*\nClosed: frozen by `2026-03-03`\. Opens Wed 2026-03-04 00:00/,
    );
    expect(out).toMatch(/^Wed 2026-03-04 00:00 .* 2h {5}2026-03-03T22:00:00Z {2}2026-03-04T00:00:00Z$/m);
    expect(out).toMatch(/^Wed 2026-03-04 12:00 .*too short for the 45m a promotion needs$/m);
    expect(out).toMatch(
      /^Frozen from[\s\S]*^Fri 2026-03-06 00:00 \(\+02:00\) {2}Sat 2026-03-07 00:00 .* Fri$/m,
    );
  });

  test('reads the calendar feed of the policy and ends at once; one that cannot be read closes it', async () => {
    const event = (day: string) =>
      `BEGIN:VEVENT\nUID:${day}\nSUMMARY:Quarter end\nDTSTART;VALUE=DATE:${day}\nEND:VEVENT`.split('\n');
    const events = ['20260304', '20260320'].flatMap(event);
    const calendar = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', ...events];
    const server = createServer((request, response) =>
      response
        .writeHead(request.url === '/gone.ics' ? 410 : 200)
        .end([...calendar, 'END:VCALENDAR', ''].join('\r\n')),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const given = (file: string) =>
      `environments: { prod: { maintenance-window: { calendar-url: "${url}/${file}", time-zone: UTC } }, sit: {} }`;
    write(given('ours.ics'));
    const begun = performance.now();
    await promo(['windows', '--help']);
    const helped = performance.now();
    const read = await promo(['windows', '--repo', folder, ...tuesday, '--days', '2', '--json']);
    expect((performance.now() - helped) / (helped - begun)).toBeLessThan(10);
    expect(JSON.parse(read.out)).toMatchObject([
      {
        environment: 'prod',
        open: true,
        openings: [{ closes: '2026-03-04T00:00:00Z' }, { closes: '2026-03-20T00:00:00Z' }],
        freezes: [{ name: 'Quarter end', from: '2026-03-04T00:00:00Z' }],
      },
    ]);
    write(given('gone.ics'));
    const unread = await promo(['windows', '--repo', folder, ...tuesday]);
    expect([unread.code, unread.out]).toEqual([
      0,
      expect.stringMatching(/^prod: closed.*\nClosed: a calendar that cannot be read .*HTTP 410/),
    ]);
    expect(unread.out).not.toContain('Open:');
    server.close();
  });

  test('a policy without windows, and a wrong one', async () => {
    write('environments: { prod: {} }');
    expect((await promo(['windows', '--repo', folder])).out).toContain(
      'every environment may be changed at all times',
    );
    write('environments: { prod: { windows: [Tue] } }');
    const wrong = await promo(['windows', '--repo', folder]);
    expect(wrong.code).toBe(0);
    write('environments: { prod: { windows: [Tuezday] } }');
    expect(await promo(['windows', '--repo', folder])).toMatchObject({
      code: 1,
      err: expect.stringContaining('What a wrong policy opens is not known'),
    });
  });
});
