import { reasonOf, type StepDone, type StepTask } from '../machine/index.ts';
import { downloadArtifact, uploadArtifact } from './artifact.ts';
import { configureAwsCredentials } from './aws-credentials.ts';
import { checkout } from './checkout.ts';
import { setupNode } from './setup-node.ts';
import type { StandIn } from './stand-in.ts';

const standIns: ReadonlyMap<string, StandIn> = new Map([
  ['actions/checkout', checkout],
  ['actions/setup-node', setupNode],
  ['actions/upload-artifact', uploadArtifact],
  ['actions/download-artifact', downloadArtifact],
  ['aws-actions/configure-aws-credentials', configureAwsCredentials],
]);

/** Which foreign actions a rehearsal can play, and the inputs that it plays of each. */
export const playable: ReadonlyMap<string, readonly string[]> = new Map(
  [...standIns].map(([name, standIn]) => [name, standIn.inputs]),
);

/** Plays a foreign action in place of the real one, and says so. */
export async function playStandIn(
  name: string,
  given: Readonly<Record<string, string>>,
  task: StepTask,
): Promise<StepDone> {
  const standIn = standIns.get(name);
  if (!standIn) throw new Error(`The rehearsal has no stand-in for ${name}.`);
  task.log.line(`(The rehearsal's stand-in for ${name}.)`);
  const inputs = trimmed(given);
  const { post } = standIn;
  if (post) {
    task.machine.posts.push({
      kind: 'stand-in',
      name: task.result.name,
      env: task.env,
      play: (later) => post(inputs, later),
    });
  }
  const done = new AbortController();
  try {
    const outputs = await Promise.race([standIn.play(inputs, task), death(task, done.signal)]);
    return { conclusion: 'success', outputs };
  } catch (error) {
    task.log.annotate('error', (error as Error).message);
    return { conclusion: 'failure', outputs: {} };
  } finally {
    done.abort();
  }
}

function trimmed(given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key.toLowerCase(), value.trim()]));
}

/** Rejects when the runner dies; is watched for until `over`. */
function death({ stop }: StepTask, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const check = () => {
      if (stop.aborted && reasonOf(stop) === 'killed')
        reject(new Error('The runner died here: nothing more ran in this job.'));
    };
    check();
    stop.addEventListener('abort', check, { once: true, signal: over });
  });
}
