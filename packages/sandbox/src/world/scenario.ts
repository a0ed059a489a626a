import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type Fault, faultSchema } from '../kernel/index.ts';
import { issueText } from './issue.ts';
import { type World, worldSchema } from './schema.ts';

/** What of a scenario is the sandbox's; the rest belongs to the rehearsal and is let be. */
const scenarioSchema = v.object({
  world: v.optional(worldSchema, {}),
  start: v.optional(
    v.pipe(v.string(), v.isoTimestamp('expected a time with its zone, such as 2026-03-03T20:05:00Z')),
  ),
  seed: v.optional(v.pipe(v.number(), v.integer())),
  faults: v.optional(v.array(faultSchema), []),
});

export interface ScenarioWorld {
  readonly world: World;
  /** ISO 8601; undefined when the scenario does not say. */
  readonly start: string | undefined;
  readonly seed: number | undefined;
  readonly faults: readonly Fault[];
  /** What the world's code paths are relative to: the file's own folder. */
  readonly folder: string;
}

/** A scenario file that cannot be used; the message has a line `file:line:column: …` for each mistake. */
export class ScenarioError extends Error {}

/** Reads the sandbox's part of a scenario, YAML or JSON. Throws a ScenarioError with every mistake. */
export async function loadScenarioWorld(file: string): Promise<ScenarioWorld> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ScenarioError(
      `${file} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`,
    );
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, message: string): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}: ${message}`;
  };
  if (document.errors.length > 0) {
    throw new ScenarioError(document.errors.map((error) => at(error.pos[0], error.message)).join('\n'));
  }
  const result = v.safeParse(scenarioSchema, document.toJS() ?? {});
  if (result.success) {
    const { world, start, seed, faults } = result.output;
    return { world, start, seed, faults, folder: dirname(resolve(file)) };
  }
  const told = result.issues
    .map((issue) => ({ offset: offsetOf(document, issue.path ?? []), issue }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, issue }) => at(offset, `${v.getDotPath(issue) ?? 'the scenario'}: ${issueText(issue)}`));
  throw new ScenarioError(told.join('\n'));
}

/** Where a path begins in the text: at its value, at the key of one that should not be there, or as near as there is anything. */
function offsetOf(document: Document, path: readonly { readonly key?: unknown }[]): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, { key }] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (depth === path.length - 1 && pair !== undefined) return startOf(pair.key) ?? offset;
      node = pair?.value;
    } else {
      node = isSeq(node) ? node.items[Number(key)] : undefined;
    }
    offset = startOf(node) ?? offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
