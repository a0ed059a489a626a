import { inOrder, type Mistake, type Place } from '../mistake/index.ts';
import type { Permissions } from '../workflow/index.ts';
import { type Granted, grant, levelOf } from './permissions.ts';

/** What is looked at of a workflow and of those that it calls. */
export interface Asking {
  readonly permissions?: Permissions;
  readonly jobs: readonly {
    readonly id: string;
    readonly place: Place;
    readonly permissions?: Permissions;
    readonly uses?: string;
    readonly workflow?: Asking;
  }[];
}

/** The calls of jobs that ask for more than the calling job has: GitHub begins no run of such a workflow. */
export function ungranted(workflow: Asking, caller?: Granted): readonly Mistake[] {
  const mistakes = workflow.jobs.flatMap((job) => {
    const declared = job.permissions ?? workflow.permissions;
    if (!job.workflow || (!declared && !caller)) return [];
    const granted = grant(declared, caller);
    const lacking = lackingOf(job.workflow, granted).map(([inner, scope, level]) => ({
      ...job.place,
      message: `${job.uses} asks for \`${scope}: ${level}\` in its job ${inner}, which job ${job.id} does not grant; GitHub would not begin the run`,
    }));
    return [...lacking, ...ungranted(job.workflow, granted)];
  });
  return inOrder(mistakes);
}

/** Each job's own asking, by job, scope and level. */
function lackingOf({ permissions, jobs }: Asking, caller: Granted): [string, string, string][] {
  return jobs.flatMap((job) => {
    const declared = job.permissions ?? permissions;
    if (!declared) return [];
    const [own, allowed] = [grant(declared, undefined), grant(declared, caller)];
    return Object.keys(own.scopes)
      .filter((scope) => scope !== 'metadata' && levelOf(own, scope) !== levelOf(allowed, scope))
      .map((scope): [string, string, string] => [job.id, scope, levelOf(own, scope)]);
  });
}
