import { parentPort } from 'node:worker_threads';
import { bundleAction } from './bundle.mjs';

parentPort.on('message', async (name) => {
  try {
    await bundleAction(name);
    parentPort.postMessage({ name });
  } catch (error) {
    parentPort.postMessage({ name, error: error instanceof Error ? error.message : String(error) });
  }
});
