import { OutsideError } from '../errors/index.ts';
import type { Bringing } from './bringing.ts';
import { beyondPatching } from './parts.ts';
import type { ApprovalRequest, FlagChange, FlagSystem } from './ports.ts';

/** `conflict`: somebody was faster, and nothing was written. An error: whether it was written is not known. */
export type Written = 'done' | 'conflict' | OutsideError;

/** Copies the flag, or patches it where it cannot be copied. @throws OutsideError when it is refused */
export async function writeFlag(
  change: FlagChange,
  bringing: Bringing,
  system: FlagSystem,
): Promise<Written> {
  const { source } = bringing;
  if (source !== undefined && bringing.method() !== 'patch') {
    const answer = await clearly(() => system.copy({ ...change, source }));
    if (answer instanceof OutsideError || typeof answer === 'string') return answer;
    goOnWithoutCopying(change, bringing, answer.refused);
  }
  mustBePatchable(change);
  return (await clearly(() => system.patch(change))) ?? 'done';
}

/** Asks for approval of the copy, or of the patch. @throws OutsideError */
export async function requestApproval(
  change: FlagChange,
  bringing: Bringing,
  system: FlagSystem,
): Promise<ApprovalRequest> {
  const { source, notified } = bringing;
  if (source !== undefined && bringing.method() !== 'patch') {
    const answer = await system.requestCopy({ ...change, source }, notified);
    if (!('refused' in answer)) return answer;
    goOnWithoutCopying(change, bringing, answer.refused);
  }
  mustBePatchable(change);
  return system.requestPatch(change, notified);
}

function goOnWithoutCopying({ flag }: FlagChange, bringing: Bringing, why: string): void {
  if (bringing.method() === 'copy')
    throw new OutsideError({
      what: `Flag \`${flag.key}\` could not be copied`,
      why,
      remedy: 'Set `method: auto` to go on with semantic patches, which every plan takes.',
    });
  bringing.onNoCopy(why);
}

function mustBePatchable({ flag, wanted, parts }: FlagChange): void {
  const why = beyondPatching(wanted, parts);
  if (why === undefined) return;
  throw new OutsideError({
    what: `Flag \`${flag.key}\` cannot be patched`,
    why,
    remedy:
      'Change it in LaunchDarkly by hand, leave the part out by `exclude-parts`, or copy it where the plan allows copying.',
  });
}

/** The answer, or the error of a call that may have been heard without being answered. A refusal is thrown. */
export async function clearly<T>(call: () => Promise<T>): Promise<T | OutsideError> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof OutsideError && !/^HTTP [34]/.test(error.failure.code ?? '')) return error;
    throw error;
  }
}
