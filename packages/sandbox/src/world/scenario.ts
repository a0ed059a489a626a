import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { type Fault, faultSchema } from '../kernel/index.ts';
import {
  type Place,
  readScenarioFile,
  type ScenarioData,
  UnreadableScenario,
} from '../scenario-file/index.ts';
import { timeSchema } from '../units/index.ts';
import { issueText } from './issue.ts';
import { type World, worldSchema } from './schema.ts';

/** What of a scenario is the sandbox's; the rest belongs to the rehearsal and is let be. */
const scenarioSchema = v.object({
  world: v.optional(worldSchema, {}),
  start: v.optional(timeSchema),
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
  /** `file:line:column` of a part, such as `['world', 'lambda', 0]`. */
  placeOf(path: readonly (string | number)[]): string;
}

/** A scenario file that cannot be used; the message has a line `file:line:column: …` for each mistake. */
export class ScenarioError extends Error {}

/** Reads the sandbox's part of a scenario. Throws a ScenarioError with every mistake. */
export async function loadScenarioWorld(file: string): Promise<ScenarioWorld> {
  const data = readData(file);
  const result = v.safeParse(scenarioSchema, data.value ?? {});
  if (result.success) {
    const { world, start, seed, faults } = result.output;
    const placeOf = (path: readonly (string | number)[]) => written(data.locate(path));
    return { world, start, seed, faults, folder: dirname(resolve(file)), placeOf };
  }
  const told = result.issues
    .map((issue) => {
      const path = (issue.path ?? []).map(({ key }) => key as string | number);
      return {
        place: data.locate(path, 'key'),
        text: `${v.getDotPath(issue) ?? 'the scenario'}: ${issueText(issue)}`,
      };
    })
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .map(({ place, text }) => `${written(place)}: ${text}`);
  throw new ScenarioError(told.join('\n'));
}

function readData(file: string): ScenarioData {
  try {
    return readScenarioFile(file);
  } catch (error) {
    if (!(error instanceof UnreadableScenario)) throw error;
    const lines = error.mistakes.map(({ place, message }) => `${place ? written(place) : file}: ${message}`);
    throw new ScenarioError(lines.join('\n'));
  }
}

function written({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
