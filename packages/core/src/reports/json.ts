import type { GenericSchema, InferOutput } from 'valibot';
import { getDotPath, safeParse } from 'valibot';
import { oneLine } from '../foreign-text/index.ts';
import { Unreadable } from './report-file.ts';

/** Reports nest a dozen levels deep; a file that goes deeper is made to harm. */
const deepest = 100;

/** The value of a JSON text that is not nested beyond reason. @throws Unreadable */
export function parseJson(text: string): unknown {
  if (depthOf(text) > deepest) throw new Unreadable(`is nested more than ${deepest} levels deep.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    const [, position = '-1'] = /at position (\d+)/.exec(why) ?? [];
    if (/end of JSON|Unterminated/.test(why) || Number(position) >= text.trimEnd().length)
      throw new Unreadable('is no whole JSON: it breaks off.');
    throw new Unreadable('is no JSON.');
  }
}

function depthOf(text: string): number {
  let [depth, most, inText] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    if (inText) {
      if (letter === 0x5c) at += 1;
      else if (letter === 0x22) inText = false;
    } else if (letter === 0x22) inText = true;
    else if (letter === 0x5b || letter === 0x7b) {
      depth += 1;
      if (depth > most) most = depth;
    } else if (letter === 0x5d || letter === 0x7d) depth -= 1;
  }
  return most;
}

/** The value as the schema has it. @throws Unreadable naming the first place where it is something else */
export function shaped<S extends GenericSchema>(schema: S, value: unknown, format: string): InferOutput<S> {
  const result = safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = oneLine(getDotPath(issue) ?? 'its top');
  throw new Unreadable(
    `looks like ${format} but is not: at ${where} ${issue.received} stands where ${issue.expected ?? 'something else'} belongs.`,
  );
}
