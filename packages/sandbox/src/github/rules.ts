import { headOf } from './git.ts';
import type { Files } from './objects.ts';
import { type Call, Refused } from './wire.ts';

/** A protected branch takes pull requests alone. */
export function refuseProtected({ state }: Call, branch: string, status = 409): void {
  if (!state.protectedBranches.has(branch)) return;
  throw new Refused(
    status,
    'Repository rule violations found\n\nChanges must be made through a pull request.\n\n',
  );
}

/** Workflow files that no branch has may be brought in by those alone who have `workflows: write`. */
export function refuseWorkflows(call: Call, files: Files): void {
  const path = newWorkflow(call, files, branches(call));
  if (path === undefined) return;
  throw new Refused(
    409,
    `Repository rule violations found\n\nrefusing to allow a GitHub App to create or update workflow \`${path}\` without \`workflows\` permission\n\n`,
  );
}

/** What a tag on these files would bring that the default branch has not; the release is then said not to be found. */
export function refuseReleaseOfWorkflows(call: Call, files: Files): void {
  if (newWorkflow(call, files, [call.state.defaultBranch]) !== undefined) throw new Refused(404, 'Not Found');
}

function branches({ state }: Call): readonly string[] {
  return state.git.refs.list('heads/').map(([name]) => name.slice('heads/'.length));
}

/** A workflow file that differs from those of every branch named, where the token may not bring one. */
function newWorkflow(call: Call, files: Files, among: readonly string[]): string | undefined {
  if (call.may('workflows: write')) return undefined;
  const { git } = call.state;
  const here = workflowsOf(files);
  const theirs = among.flatMap((name) => {
    const head = headOf(git, name);
    return head ? [workflowsOf(git.files(head))] : [];
  });
  if (theirs.some((other) => sameFiles(here, other))) return undefined;
  const [other] = theirs;
  return [...here.keys()].find((path) => here.get(path)?.sha !== other?.get(path)?.sha);
}

function workflowsOf(files: Files): Files {
  return new Map([...files].filter(([path]) => path.startsWith('.github/workflows/')));
}

function sameFiles(a: Files, b: Files): boolean {
  return a.size === b.size && [...a].every(([path, { sha }]) => b.get(path)?.sha === sha);
}
