import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('the demo says in a few lines what became of a good and of a bad release, and names their reports', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/demo.mjs'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout.trim().split('\n').length).toBeLessThan(20);
  expect(stdout).toContain('A good release: v1.4.0, success, as expected');
  expect(stdout).toContain('A bad release: v1.4.0, failure, as expected');
  expect(stdout).toContain('Undone: back on version 1');
  const reports = [...stdout.matchAll(/Report: (\S+)/g)].map(([, file = '']) => file);
  expect(reports).toHaveLength(2);
  for (const file of reports) {
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('latest-prod');
  }
});
