import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = process.cwd();

interface Source {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly text: string;
  /** The text without its comments and without what stands between quotes. */
  readonly code: string;
  /** What it imports: a package's name, or a path from the root. */
  readonly imports: readonly string[];
}

function sources(folder: string, ending = '.ts'): Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('node_modules'))
    .map((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const statements = /^(?:import|export)\s[^;]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;
      const specifiers = [...text.matchAll(statements)].map(
        ([, from, bare, lazy]) => from ?? bare ?? lazy ?? '',
      );
      const imports = specifiers.map((name) =>
        name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name,
      );
      return { file, text, code: codeOf(text), imports };
    });
}

function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, "''");
}

const product = (files: readonly Source[]) => files.filter((source) => !source.file.endsWith('.test.ts'));
const violations = (files: readonly Source[], broken: (source: Source) => readonly string[]) =>
  files.flatMap((source) => broken(source).map((what) => `${source.file}: ${what}`));

const core = product(sources('packages/core/src'));
const gateways = product(sources('packages/gateways/src'));
const sandbox = product(sources('packages/sandbox/src'));
const rehearsal = product(sources('packages/rehearsal/src'));
const promo = product(sources('packages/promo/src'));
const actions = product(sources('actions'));
const scripts = sources('scripts', '.mjs');

describe('imports run one way', () => {
  const mayImport = (files: readonly Source[], allowed: RegExp) =>
    violations(files, (source) => source.imports.filter((name) => !allowed.test(name)));

  test('core imports itself and pure libraries', () => {
    expect(core.length).toBeGreaterThan(10);
    expect(mayImport(core, /^packages\/core\/src\/|^(valibot|yaml|temporal-polyfill|node:crypto)$/)).toEqual(
      [],
    );
  });

  test('gateways import core and their services', () => {
    const repository = violations(gateways, (source) =>
      source.imports.filter((name) =>
        /^@promo-actions\/(?!core\/)|^(actions|packages\/(?!gateways\/))/.test(name),
      ),
    );
    expect(repository).toEqual([]);
  });

  test('the sandbox imports nothing of the product', () => {
    const repository = violations(sandbox, (source) =>
      source.imports.filter((name) => /^@promo-actions\/|^(actions|packages\/(?!sandbox\/))/.test(name)),
    );
    expect(repository).toEqual([]);
  });

  test('the rehearsal imports the sandbox alone', () => {
    const repository = violations(rehearsal, (source) =>
      source.imports.filter((name) =>
        /^@promo-actions\/(?!sandbox)|^(actions|packages\/(?!rehearsal\/))/.test(name),
      ),
    );
    expect(repository).toEqual([]);
  });

  // The rehearsal knows nothing of the product, and a look at records must read them as the product does: the command
  // that has both is put together here.
  test('the command promo imports the doors of core, gateways and the rehearsal, and the contracts of actions', () => {
    expect(promo.length).toBeGreaterThan(0);
    const doors =
      /^@promo-actions\/(core\/|gateways\/|rehearsal$)|^packages\/promo\/src\/|^actions\/[a-z-]+\/src\/contract\.ts$|^node:/;
    expect(mayImport(promo, doors)).toEqual([]);
  });

  test('actions import core, gateways, themselves and Node', () => {
    expect(actions.length).toBeGreaterThan(0);
    expect(mayImport(actions, /^@promo-actions\/(core|gateways)\/|^actions\/|^node:/)).toEqual([]);
  });
});

test('no import leads back to where it began', () => {
  const all = [...core, ...gateways, ...sandbox, ...rehearsal, ...promo, ...actions];
  const imports = new Map(all.map((source) => [source.file, source.imports]));
  const circles: string[] = [];
  const sound = new Set<string>();
  const follow = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' → '));
    if (sound.has(file) || way.includes(file)) return;
    for (const next of imports.get(file) ?? []) follow(next, [...way, file]);
    sound.add(file);
  };
  for (const { file } of all) follow(file, []);
  expect(circles).toEqual([]);
});

test('rooms are entered by their door', () => {
  const room = (path: string) => path.split('/').slice(0, 4).join('/');
  const throughTheWall = violations([...core, ...gateways, ...sandbox, ...rehearsal, ...promo], (source) =>
    source.imports.filter(
      (name) =>
        name.startsWith('packages/') &&
        name.split('/').length > 4 &&
        room(name) !== room(source.file) &&
        !name.endsWith('/index.ts') &&
        source.file.split('/').length > 4,
    ),
  );
  expect(throughTheWall).toEqual([]);
});

describe('what is exported is used', () => {
  const rooms = [...core, ...gateways, ...sandbox, ...rehearsal, ...promo];
  const everything = [...['packages', 'actions', 'test'].flatMap((folder) => sources(folder)), ...scripts];
  const passedOn = /^export (?:type )?\{([^}]*)\} from/gm;
  const sayers = new Map<string, Source[]>();
  for (const source of everything)
    for (const word of new Set(source.text.replace(passedOn, '').match(/\w+/g)))
      sayers.set(word, [...(sayers.get(word) ?? []), source]);
  const isSaid = (name: string, by: (source: Source) => boolean) => (sayers.get(name) ?? []).some(by);
  const isUnitTest = ({ file }: Source) => /^(packages|actions)\/.*\.test\.ts$/.test(file);

  test('a door opens for what somebody enters for', () => {
    const doors = rooms.filter(({ file }) => /^packages\/\w+\/src\/[^/]+\/index\.ts$/.test(file));
    const unentered = violations(doors, (door) => {
      const room = `${dirname(door.file)}/`;
      const isVisitor = (source: Source) =>
        !source.file.startsWith(room) || (isUnitTest(source) && source.imports.includes(door.file));
      return [...door.text.matchAll(passedOn)]
        .flatMap(([, list = '']) => [...list.matchAll(/\w+(?=\s*(,|$))/g)].map(([name]) => name))
        .filter((name) => !isSaid(name, isVisitor));
    });
    expect(doors.length).toBeGreaterThan(10);
    expect(unentered).toEqual([]);
  });

  // What tests play with stands in `memory.ts` and `fixture/`. The build puts `defaultProvider` in the place of the SDK's own.
  test('nothing is kept for its own unit test, or exported for nobody', () => {
    const served = rooms.filter(({ file }) => !/\/(memory\.ts|fixture\/.*)$/.test(file));
    const idle = violations(served, (source) => {
      return [...source.text.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm)]
        .map(([, name = '']) => name)
        .filter((name) => {
          const servesHere = source.text.split(new RegExp(`\\b${name}\\b`)).length > 2;
          return !isSaid(name, (by) => by.file !== source.file && (servesHere || !isUnitTest(by)));
        })
        .filter((name) => name !== 'defaultProvider');
    });
    expect(idle).toEqual([]);
  });
});

test('errors and Markdown have one way in: their own rooms, and for actions the frame', () => {
  const byTheFrame = violations([...core, ...gateways], (source) =>
    source.file.startsWith('packages/core/src/action/')
      ? []
      : [
          ...source.text.matchAll(
            /^import [^;]*?\{([^}]*)\} from '[^']*(?:\/|core\/)action(?:\/index\.ts)?'/gm,
          ),
        ]
          .map(([, names = '']) => names)
          .filter((names) =>
            /\b(InputError|InputProblem|OutsideError|OutsideFailure|cell|table)\b/.test(names),
          ),
  );
  const fromTheRooms = violations(actions, (source) =>
    source.imports.filter((name) => /core\/(errors|markdown)$/.test(name)),
  );
  expect([...byTheFrame, ...fromTheRooms]).toEqual([]);
});

test('core asks neither the process nor the machine for anything', () => {
  const asks = violations(core, (source) =>
    [
      ...source.text.matchAll(
        /\bprocess\.|\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bMath\.random\(|\bfetch\(/g,
      ),
    ].map(([found]) => found),
  );
  expect(asks).toEqual([]);
});

test('no any, no leftovers, no file that has become two', () => {
  const all = [...core, ...gateways, ...sandbox, ...rehearsal, ...promo, ...actions];
  const smells = violations(all, (source) => [
    ...[...source.code.matchAll(/\bas any\b|: any\b/g)].map(([found]) => found),
    ...[...source.text.matchAll(/@ts-ignore|@ts-expect-error|\b(TODO|FIXME|XXX|HACK)\b/g)].map(
      ([found]) => found,
    ),
  ]);
  expect(smells).toEqual([]);
  expect(all.filter((source) => source.text.split('\n').length > 320).map((source) => source.file)).toEqual(
    [],
  );
});

test('main.ts is wiring, and short', () => {
  const long = actions.filter(
    (source) => source.file.endsWith('/main.ts') && source.text.split('\n').length > 80,
  );
  expect(long.map((source) => source.file)).toEqual([]);
});
