import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A scenario file as data, with the files that it extends underneath. */
export interface ScenarioData {
  readonly value: unknown;
  /** Where a part of it is written, such as `['inputs', 'version']`, or as near as there is anything. */
  locate(path: readonly (string | number)[], part?: 'key' | 'value'): Place;
}

/** A file that is not there or is not YAML. */
export class UnreadableScenario extends Error {
  readonly mistakes: readonly { readonly place?: Place; readonly file: string; readonly message: string }[];

  constructor(mistakes: UnreadableScenario['mistakes']) {
    super(mistakes.map(({ message }) => message).join('\n'));
    this.mistakes = mistakes;
  }
}

/** A part of the world that cannot be brought to life, such as code that is not there. */
export class WorldMistake extends Error {
  /** Where it stands in a scenario, such as `['world', 'lambda', 0, 'versions', 1, 'code']`. */
  readonly path: readonly (string | number)[];

  constructor(path: WorldMistake['path'], message: string) {
    super(message);
    this.path = path;
  }
}

/** Does something with a part of the world; whatever goes wrong with it, and does not say where, is told of that part. */
export async function inWorld<Result>(
  path: WorldMistake['path'],
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof WorldMistake ? error : new WorldMistake(path, (error as Error).message);
  }
}

interface Layer {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/**
 * Reads a scenario, YAML or JSON. `extends: other.yml` (beside it) lays it over another: maps are merged key by key, lists
 * and single values replace those underneath, `null` takes a key away. Code paths are relative to the file's folder.
 * @throws {UnreadableScenario} for a file that is missing, that is no YAML, or that extends itself.
 */
export function readScenarioFile(path: string, shown: string = path): ScenarioData {
  const layers = readLayers(path, shown, []);
  const value = layers
    .map(({ document }) => document.toJS() as unknown)
    .reduceRight((under, over) => merge(under, over), undefined);
  if (isRecord(value)) delete value.extends;
  return { value, locate: (where, part) => locate(layers, where, part) };
}

/** The file itself first, then what it extends. */
function readLayers(path: string, shown: string, above: readonly string[]): Layer[] {
  if (!existsSync(path))
    throw new UnreadableScenario([{ file: shown, message: 'there is no such scenario file' }]);
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false });
  const layer = { file: shown, document, lines };
  if (document.errors.length > 0) {
    throw new UnreadableScenario(
      document.errors.map((error) => ({
        file: shown,
        place: placeOf(layer, error.pos[0]),
        message: error.message,
      })),
    );
  }
  const base = isMap(document.contents) ? document.get('extends') : undefined;
  if (base === undefined) return [layer];
  const place = locate([layer], ['extends']);
  if (typeof base !== 'string') {
    throw new UnreadableScenario([
      { file: shown, place, message: 'extends: expected the name of a scenario file' },
    ]);
  }
  const basePath = join(dirname(path), base);
  if ([...above, path].includes(basePath)) {
    throw new UnreadableScenario([
      { file: shown, place, message: `extends: ${base} extends this file in turn` },
    ]);
  }
  if (!existsSync(basePath)) {
    throw new UnreadableScenario([
      { file: shown, place, message: `extends: there is no ${base} beside this file` },
    ]);
  }
  return [layer, ...readLayers(basePath, join(dirname(shown), base), [...above, path])];
}

function merge(under: unknown, over: unknown): unknown {
  if (!isRecord(under) || !isRecord(over)) return over === undefined ? under : over;
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(under[key], value);
  }
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** In the topmost file that has the whole path, else in the one that has the most of it. */
function locate(
  layers: readonly Layer[],
  path: readonly (string | number)[],
  part: 'key' | 'value' = 'value',
): Place {
  let best = { depth: -1, place: { file: layers[0]?.file ?? '', line: 1, column: 1 } };
  for (const layer of layers) {
    const { depth, offset } = follow(layer.document, path, part);
    if (depth > best.depth) best = { depth, place: placeOf(layer, offset) };
  }
  return best.place;
}

/** How far the path goes in a document, and where the last part that is there begins. */
function follow(
  document: Document,
  path: readonly (string | number)[],
  part: 'key' | 'value',
): { depth: number; offset: number } {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
      : undefined;
    node = isSeq(node) ? node.items[Number(key)] : pair?.value;
    if (node === undefined && pair === undefined) return { depth, offset };
    const last = depth === path.length - 1;
    offset =
      (last && part === 'key' ? startOf(pair?.key) : startOf(node)) ??
      startOf(node) ??
      startOf(pair?.key) ??
      offset;
  }
  return { depth: path.length, offset };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function placeOf(layer: Layer, offset: number): Place {
  const { line, col } = layer.lines.linePos(offset);
  return { file: layer.file, line, column: col };
}
