import { play, playClean } from './play.ts';
import type { CleanRun, Point, ScenarioName } from './point.ts';

export { planPoints, samplePoints } from './plan.ts';

/** What a process that plays points is told, one at a time. */
type Order = { readonly clean: ScenarioName } | { readonly point: Point; readonly run: CleanRun };

process.on('message', (order: Order) => {
  const work = 'clean' in order ? playClean(order.clean) : play(order.point, order.run);
  work.then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      process.send?.({ broken: error instanceof Error ? error.stack : String(error) });
    },
  );
});
