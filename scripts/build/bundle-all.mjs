import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** Bundles the actions on all cores; rejects with the first that cannot be bundled. `done` hears of each. */
export async function bundleAll(names, done) {
  const waiting = [...names];
  const workers = Array.from({ length: Math.min(availableParallelism(), names.length) }, () =>
    bundleNext(waiting, done),
  );
  await Promise.all(workers);
}

async function bundleNext(waiting, done) {
  const worker = new Worker(new URL('./bundle-worker.mjs', import.meta.url));
  try {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      worker.postMessage(name);
      const [answer] = await once(worker, 'message');
      if (answer.error) throw new Error(`${name} could not be bundled: ${answer.error}`);
      await done(name);
    }
  } finally {
    await worker.terminate();
  }
}
