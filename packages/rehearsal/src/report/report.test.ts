import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Rehearsal } from '../result/index.ts';
import { badCanary, cancelledRollout, goodRelease, refusedGate, talkative } from './fixture/releases.ts';
import { Recording } from './fixture/run.ts';
import { elementsOf, section } from './fixture/structure.ts';
import { renderReport } from './index.ts';

const HOSTILE = `</script></textarea><script>alert(1)</script><img src=x onerror="alert(2)">"'><svg/onload=alert(3)> \`[x](javascript:alert(4))\``;
const KEPT = new Set(['outcome', 'conclusion', 'status', 'kind', 'level', 'answer']);

/** The report's markup without what its own style and script hold, and that script. */
function parts(report: string): { markup: string; script: string } {
  const [, head = '', script = '', tail = ''] =
    /^([\s\S]*?)<script>([\s\S]*)<\/script>([\s\S]*)$/.exec(report) ?? [];
  const markup = (head + tail).replace(/<!DOCTYPE html>/, '').replace(/<style>[\s\S]*?<\/style>/, '');
  return { markup, script };
}

/** The same data with the hostile text behind every text, the names of fields included where they are data. */
function poisoned(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return KEPT.has(key) ? value : poisonedText(value);
  if (Array.isArray(value)) return value.map((one) => poisoned(one));
  if (typeof value !== 'object' || value === null) return value;
  const names =
    key === 'outputs' || key === 'inputs' || key === 'subject'
      ? (name: string) => (name === 'report' ? name : name + HOSTILE)
      : (name: string) => name;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [names(name), poisoned(one, name)]));
}

function poisonedText(text: string): string {
  if (!text.startsWith('{')) return text + HOSTILE;
  const report = poisoned(JSON.parse(text)) as Record<string, unknown>;
  return JSON.stringify({ ...report, at: JSON.parse(text).at });
}

const releases = { goodRelease, badCanary, refusedGate, cancelledRollout };

describe.each(Object.entries(releases))('%s', (_, release) => {
  const report = renderReport(release());

  test('is one well-formed page whose links lead somewhere', () => {
    const elements = elementsOf(parts(report).markup);
    const ids = elements.flatMap(({ attributes }) => attributes.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const links = elements.flatMap(({ attributes }) => attributes.href ?? []);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect(ids).toContain(link.slice(1));
  });

  test('needs nothing else: it fetches nothing, and only its own script may run', () => {
    const { markup, script } = parts(report);
    const elements = elementsOf(markup);
    expect(elements.filter(({ attributes }) => 'src' in attributes)).toEqual([]);
    expect(elements.filter(({ name }) => name === 'link')).toEqual([]);
    expect(report).not.toMatch(/@import|url\(/);
    const policy = elements.find(({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy');
    const hash = createHash('sha256').update(script).digest('base64');
    expect(policy?.attributes.content).toContain(
      `default-src &#39;none&#39;; script-src &#39;sha256-${hash}&#39;;`,
    );
  });

  test('is the same for the same rehearsal', () => {
    expect(renderReport(release())).toBe(report);
  });

  test('lets nothing run that a workflow wrote, in whichever field', () => {
    const { markup } = parts(renderReport(poisoned(release()) as Rehearsal));
    const elements = elementsOf(markup);
    const names = new Set(elements.map(({ name }) => name));
    for (const name of ['script', 'img', 'svg', 'textarea', 'iframe']) expect(names).not.toContain(name);
    for (const { attributes } of elements) {
      expect(Object.keys(attributes).filter((name) => name.startsWith('on'))).toEqual([]);
      expect(attributes.href ?? '#').toMatch(/^#/);
      expect(attributes.style ?? '').toMatch(/^[-:;%.\w]*$/);
    }
    expect(markup).toContain('&lt;img src=x onerror=&quot;alert(2)&quot;&gt;');
  });
});

describe('steps', () => {
  test('a failed step lies open with its log, errors standing out, terminal colours gone', () => {
    const run = new Recording({});
    const job = run.job({ id: 'build' });
    run.step(job, {
      name: 'Compile',
      outcome: 'failure',
      log: ['\u001B[31mred\u001B[0m', 'Error: broken', '▸ group'],
    });
    const jobs = section(renderReport(run.end('failure')), 'jobs');
    expect(jobs).toMatch(/<details class="step" id="step-0-0" open>/);
    expect(jobs).toContain(
      '<i>20:05:00</i> red\n<i>20:05:00</i> <b class="bad">Error: broken</b>\n<i>20:05:00</i> <b class="group">▸ group</b>',
    );
  });

  test('a step that may fail is told from one that did not', () => {
    const run = new Recording({});
    const job = run.job({ id: 'build' });
    run.step(job, { name: 'Flaky', outcome: 'failure' }).conclusion = 'success';
    expect(section(renderReport(run.end('success')), 'jobs')).toMatch(
      /✗[\s\S]*failure[\s\S]*Flaky[\s\S]*\(may fail\)/,
    );
  });

  test('a log of 50,000 lines is cut in its middle, saying so, and the others are whole', () => {
    const report = renderReport(talkative(50_000));
    expect(Buffer.byteLength(report)).toBeLessThan(5_000_000);
    expect(report).toContain('line 0 &lt;of&gt;');
    expect(report).toContain('line 49999 &lt;of&gt;');
    expect(report).toContain('the quiet step is shown whole');
    const [, omitted = ''] = /… (\d+) of 50000 lines left out here/.exec(report) ?? [];
    const shown = report.match(/line \d+ &lt;of&gt;/g)?.length;
    expect(Number(omitted) + (shown ?? 0)).toBe(50_000);
  });

  test('summaries, outputs, annotations and names beyond all measure stay below 5 MB', () => {
    const run = new Recording({ notes: Array.from({ length: 5000 }, () => '&'.repeat(5000)) });
    for (let index = 0; index < 20; index += 1) {
      const job = run.job({ id: `job-${index}` });
      run.step(job, {
        name: 'Much',
        log: ['é<'.repeat(500_000)],
        summary: `| a |\n|---|\n${'| & |\n'.repeat(40_000)}`,
        outputs: Object.fromEntries(
          Array.from({ length: 200 }, (_, output) => [`output-${output}`, '"'.repeat(20_000)]),
        ),
        annotations: Array.from({ length: 30 }, () => ({
          level: 'error' as const,
          message: '<'.repeat(20_000),
        })),
      });
    }
    expect(Buffer.byteLength(renderReport(run.end('failure')))).toBeLessThan(5_000_000);
  });
});

test('bundled, it needs no file beside it, and says the same in any time zone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  const room = join(process.cwd(), 'packages/rehearsal/src/report');
  const quoted = (path: string) => JSON.stringify(path);
  const node = (file: string, more: Readonly<Record<string, string>> = {}) => {
    const env = { ...process.env, NODE_OPTIONS: '', ...more };
    return execFileSync(process.execPath, [join(folder, file)], { cwd: folder, env, encoding: 'utf8' });
  };
  try {
    writeFileSync(
      join(folder, 'entry.ts'),
      `import { renderReport } from ${quoted(join(room, 'index.ts'))};
import { badCanary } from ${quoted(join(room, 'fixture/releases.ts'))};
process.stdout.write(renderReport(badCanary()));`,
    );
    writeFileSync(
      join(folder, 'build.mjs'),
      `import { rolldown } from ${quoted(import.meta.resolve('rolldown'))};
import { fileTexts } from ${quoted(join(process.cwd(), 'scripts/build/file-texts.mjs'))};
const bundle = await rolldown({ input: 'entry.ts', platform: 'node', plugins: [fileTexts()] });
await bundle.write({ file: 'report.mjs', format: 'esm', codeSplitting: false });`,
    );
    node('build.mjs');
    const said = node('report.mjs', { TZ: 'Pacific/Auckland', LANG: 'de_DE.UTF-8' });
    expect(said === renderReport(badCanary())).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
