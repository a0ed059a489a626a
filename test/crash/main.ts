import { play, playClean } from './play.ts';
import type { CleanRun, Point, ScenarioName } from './point.ts';

export { planPoints, samplePoints } from './plan.ts';

/** What a process that plays points is told, one at a time. */
type Order = { readonly clean: ScenarioName } | { readonly point: Point; readonly run: CleanRun };

process.on('message', (order: Order) => {
  const work = 'clean' in order ? playClean(order.clean) : play(order.point, order.run);
  work.then(
    (answer) => tell(answer),
    (error: unknown) => tell({ broken: error instanceof Error ? error.stack : String(error) }),
  );
});

/** Whoever asked may have ended meanwhile. */
function tell(answer: unknown): void {
  if (process.connected) process.send?.(answer);
}
