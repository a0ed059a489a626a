import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Cell, type Effort, measureService } from './measure.ts';
import { services } from './services.ts';

export { drawFigure } from './figure.ts';
export { reportOf } from './report.ts';
export { type Results, resultsOf } from './results.ts';

/**
 * Measures all services on all cores. The numbers depend on the effort alone, not on how the work falls to the cores.
 * @param file this module as it runs, for the workers.
 */
export async function measureAll(
  effort: Effort,
  file: string,
  progress: (done: number, all: number) => void,
): Promise<Cell[]> {
  // The busiest services take longest and go first.
  const waiting = services
    .map((_, index) => index)
    .sort((a, b) => (services[b]?.traffic ?? 0) - (services[a]?.traffic ?? 0));
  const cells: Cell[] = [];
  let done = 0;
  const workers = Array.from({ length: Math.min(availableParallelism(), services.length) }, async () => {
    const worker = new Worker(file, {
      workerData: effort,
      // Most of what is allocated lives for one minute of one release.
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    try {
      await new Promise<void>((resolve, reject) => {
        const give = () => {
          const next = waiting.shift();
          if (next === undefined) resolve();
          else worker.postMessage(next);
        };
        worker.on('error', reject);
        worker.on('message', (measured: Cell[]) => {
          cells.push(...measured);
          progress(++done, services.length);
          give();
        });
        give();
      });
    } finally {
      await worker.terminate();
    }
  });
  await Promise.all(workers);
  return cells.sort((a, b) => a.service - b.service);
}

if (!isMainThread) {
  const effort: Effort = workerData;
  parentPort?.on('message', (service: number) => parentPort?.postMessage(measureService(service, effort)));
}
