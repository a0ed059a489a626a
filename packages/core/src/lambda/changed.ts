import { OutsideError } from '../errors/index.ts';

/** Lets a failure of work that follows a change say what had been changed, unless it says so itself. */
export async function changedBefore<T>(changed: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OutsideError) || error.failure.changed !== undefined) throw error;
    throw error.after(changed);
  }
}
