import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { commentsOf, gitLog, look, lookAtRepository } from './example.ts';

let demo: ChildProcess;
let told = '';
let urls: readonly string[] = [];

beforeAll(async () => {
  demo = spawn(process.execPath, ['scripts/demo.mjs', '--keep'], { stdio: ['ignore', 'pipe', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    for (const stream of [demo.stdout, demo.stderr])
      stream?.on('data', (chunk: Buffer) => {
        told += chunk;
        if (told.includes('The sandboxes stay until')) resolve();
      });
    demo.once('close', (code) => reject(new Error(`The demo ended with ${code}:\n${told}`)));
  });
  urls = [...told.matchAll(/Sandbox: (\S+)/g)].map(([, url = '']) => url);
});

afterAll(async () => {
  demo.kill('SIGTERM');
  const [code] = await once(demo, 'close');
  expect(code).toBe(0);
});

test('the demo says in a few lines what became of a good and of a bad release, and names their reports', () => {
  const withoutKept = told.split('\n').filter((line) => !/^ *Sandbox: |^The sandboxes stay/.test(line));
  expect(withoutKept.join('\n').trim().split('\n').length).toBeLessThan(20);
  expect(told).toContain('A good release: v1.4.0, success, as expected');
  expect(told).toContain('A bad release: v1.4.0, failure, as expected');
  expect(told).toContain('Undone: back on version 1');
  const reports = [...told.matchAll(/Report: (\S+)/g)].map(([, file = '']) => file);
  expect(reports).toHaveLength(2);
  for (const file of reports) {
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('latest-prod');
  }
});

test('the good release ends on the new version alone, with a backup, one succeeded record and its parameters', async () => {
  const [url = ''] = urls;
  const seen = await look(url, '222222222222', 'prod');
  expect(seen.version).toBe('2');
  expect(seen.weights).toEqual({});
  expect(seen.backups).toEqual(['1']);
  expect(seen.records.map(({ status }) => status)).toEqual(['started', 'succeeded']);
  expect(seen.parameters['/tenants/prod/deployed-version']).toBe('v1.4.0');
  expect(seen.parameters['/tenants/prod/deployed-at']).toMatch(/^2026-03-03T20:\d\d:\d\dZ$/);
  const { tags, releases } = await lookAtRepository(url);
  expect(tags).toContain('v1.4.0');
  expect(releases).toEqual(expect.arrayContaining(['v1.3.0', 'v1.4.0']));
  expect(await gitLog(url, 'main')).toEqual([
    'Release v1.4.0: merge release/v1.4.0 (HEAD -> main, tag: v1.4.0)',
    'Initial commit (tag: v1.3.0)',
  ]);
  expect(await commentsOf(url, 'CHG-101')).toContain('tenant-service v1.4.0 was promoted to prod.');
});

test('the bad one ends on the old version alone, with a rolled-back record that says why', async () => {
  const [, url = ''] = urls;
  const seen = await look(url, '222222222222', 'prod');
  expect(seen.version).toBe('1');
  expect(seen.weights).toEqual({});
  expect(seen.records.map(({ status }) => status)).toEqual(['started', 'rolled-back']);
  expect(seen.records[1]?.reason).toMatch(/canary fails in \d+(\.\d+)?%/);
  expect(seen.parameters['/tenants/prod/deployed-version']).toBeUndefined();
  expect((await lookAtRepository(url)).releases).toContain('v1.4.0, a draft');
  expect(await commentsOf(url, 'CHG-101')).toContain('The promotion of tenant-service v1.4.0 to prod failed');
});
