import { oneLine } from '../foreign-text/index.ts';

/** `src/app.ts:12`. */
export function placeOf(
  file: string | undefined,
  line: number | string | null | undefined,
): string | undefined {
  if (!file) return undefined;
  return oneLine(line === undefined || line === null || line === '' ? file : `${file}:${line}`);
}
