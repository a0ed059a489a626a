import { mergeBase } from './history.ts';
import type { Commit } from './objects.ts';
import { refuseWorkflows } from './rules.ts';
import { person } from './shapes.ts';
import { type Call, invalid } from './wire.ts';

export interface Merging {
  readonly base: Commit;
  readonly baseName: string;
  readonly head: Commit;
  readonly message: string;
}

/** Puts a merge commit on the base, unless the two are in conflict. */
export function mergeBranches(call: Call, { base, baseName, head, message }: Merging): Commit | 'conflict' {
  const { git } = call.state;
  if (!mergeBase(git, base, head))
    throw invalid({ resource: 'Merge', code: 'custom', message: 'The histories have nothing in common' });
  const made = git.merge(base, head, person('github-actions[bot]', call.now), message);
  if (made === 'conflict') return made;
  refuseWorkflows(call, git.files(made));
  git.refs.set(`heads/${baseName}`, made.sha);
  return made;
}
