import { OutsideError } from '@promo-actions/core/errors';

interface Located {
  readonly location: string;
  readonly codeSha256: string;
}

const tries = 3;
const timeoutMilliseconds = 120_000;

/**
 * Fetches a deployment package from its presigned address. The address is valid for ten minutes and is asked anew for
 * each of three tries; it is never told, because whoever has it can read the code.
 */
export async function downloadPackage(
  what: string,
  locate: () => Promise<Located>,
): Promise<{ bytes: Uint8Array; codeSha256: string }> {
  let why = '';
  for (let attempt = 1; attempt <= tries; attempt++) {
    const { location, codeSha256 } = await locate();
    try {
      const response = await fetch(location, { signal: AbortSignal.timeout(timeoutMilliseconds) });
      if (response.ok) return { bytes: new Uint8Array(await response.arrayBuffer()), codeSha256 };
      why = `the store of the code answered HTTP ${response.status}`;
      await response.body?.cancel();
    } catch (error) {
      why = `the connection to the store of the code failed: ${reason(error)}`;
    }
  }
  throw new OutsideError({
    what,
    why: `${why}, ${tries} times`,
    remedy:
      'Check that the network of the runner reaches Amazon S3, then run the step again; it is safe to repeat',
    operation: 'Lambda code download',
  });
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
