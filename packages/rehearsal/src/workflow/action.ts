import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NoOperationTraceWriter } from '@actions/workflow-parser';
import { parseAction } from '@actions/workflow-parser/actions/action-parser';
import { suggestion } from '../mistake/index.ts';
import { readOutputs } from './calls.ts';
import type { Action, ActionInput, CompositeAction, NodeAction, Origin, Template } from './model.ts';
import { folderOf, type Library, manifestIn, readReference, shown } from './sources.ts';
import { readSteps } from './steps.ts';
import * as tokens from './tokens.ts';

interface Asking {
  readonly reading: tokens.Reading;
  /** The tree of the file that says `uses`. */
  readonly origin: Origin;
  readonly library: Library;
  /** The composite actions around it, by folder. */
  readonly parents: readonly string[];
}

/** Finds and reads the action that a step uses; what cannot be run is refused at the step, by name. */
export function loadAction(uses: string, token: Template, asking: Asking): Action | undefined {
  const { reading, origin, library, parents } = asking;
  const reference = readReference(uses, origin, library, 'step');
  if (reference.kind === 'wrong') {
    tokens.refuse(reading, token, `${uses}: ${reference.why}`);
    return undefined;
  }
  if (reference.kind === 'foreign') {
    const inputs = library.standIns.get(reference.name);
    if (inputs) return { kind: 'stand-in', name: reference.name, inputs };
    const known = [...library.standIns.keys()];
    tokens.refuse(
      reading,
      token,
      `${uses}: a rehearsal runs no foreign actions and has no stand-in for ${reference.name}.${suggestion(reference.name, known)} It has stand-ins for ${known.join(', ')}.`,
    );
    return undefined;
  }
  const folder = join(folderOf(library, reference.origin), reference.path);
  const manifest = manifestIn(folder);
  if (!manifest) {
    tokens.refuse(reading, token, `${uses}: there is no action.yml in ${shown(folder)}`);
    return undefined;
  }
  if (parents.includes(folder)) {
    tokens.refuse(reading, token, `${uses}: composite actions use each other in a circle`);
    return undefined;
  }
  return readManifest(manifest, { folder, path: reference.path, origin: reference.origin }, asking);
}

interface Location {
  readonly folder: string;
  readonly path: string;
  readonly origin: Origin;
}

function readManifest(manifest: string, location: Location, asking: Asking): Action | undefined {
  const { mistakes } = asking.reading;
  const parsed = parseAction(
    { name: shown(manifest), content: readFileSync(manifest, 'utf8') },
    new NoOperationTraceWriter(),
  );
  const reading: tokens.Reading = { context: parsed.context, file: shown(manifest), mistakes };
  const root = parsed.value;
  const runs = tokens.field(root, 'runs');
  const before = mistakes.length;
  let action: Action | undefined;
  if (root && runs && parsed.context.errors.count === 0)
    action = readRuns(root, runs, reading, location, asking);
  mistakes.push(...tokens.parserMistakes(parsed.context, reading.file));
  return mistakes.length === before ? action : undefined;
}

function readRuns(
  root: Template,
  runs: Template,
  reading: tokens.Reading,
  location: Location,
  asking: Asking,
): NodeAction | CompositeAction | undefined {
  const local = {
    name: tokens.text(tokens.field(root, 'name')) ?? location.path,
    ...location,
    inputs: tokens.entries(tokens.field(root, 'inputs')).map(([name, body]) => readInput(name, body)),
  };
  const using = tokens.text(tokens.field(runs, 'using')) ?? '';
  if (using === 'composite') {
    const parents = [...asking.parents, location.folder];
    const inner = { ...asking, reading, origin: location.origin, parents };
    return {
      kind: 'composite',
      ...local,
      outputs: readOutputs(tokens.field(root, 'outputs')),
      steps: readSteps(tokens.field(runs, 'steps'), reading, (uses, token) => loadAction(uses, token, inner)),
    };
  }
  if (using !== 'node24') {
    tokens.refuse(
      reading,
      runs,
      `a rehearsal runs actions \`using: node24\` and \`composite\`, not ${using}`,
    );
    return undefined;
  }
  const script = (name: string): string | undefined => {
    const token = tokens.field(runs, name);
    const path = tokens.text(token);
    if (!token || path === undefined) return undefined;
    if (!existsSync(join(location.folder, path))) {
      tokens.refuse(
        reading,
        token,
        `there is no ${shown(join(location.folder, path))}; is the release built?`,
      );
    }
    return path;
  };
  const pre = tokens.fieldKey(runs, 'pre');
  if (pre) tokens.refuse(reading, pre, 'a rehearsal does not run `pre` of an action');
  const post = script('post');
  return {
    kind: 'node',
    ...local,
    main: script('main') ?? '',
    ...(post ? { post } : {}),
    postCondition: tokens.text(tokens.field(runs, 'post-if')) ?? 'always()',
  };
}

function readInput(name: string, body: Template): ActionInput {
  const deprecation = tokens.text(tokens.field(body, 'deprecationMessage'));
  return {
    name,
    ...tokens.present(body, { default: 'default' }),
    ...(deprecation ? { deprecation } : {}),
  };
}
