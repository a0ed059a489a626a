import { spawn } from 'node:child_process';
import { expect, test } from '@jest/globals';

/** Runs the harness as `npm run test:crash -- --sample` does. */
function playSample(): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, ['scripts/test-crash.mjs', '--sample'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      out += chunk;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out }));
  });
}

test('promotions whose runner dies, or that are cancelled or failed at the calls that matter most, end whole', async () => {
  const { code, out } = await playSample();
  expect(out).toContain('3 passed, 0 failed');
  expect(code).toBe(0);
}, 300_000);
