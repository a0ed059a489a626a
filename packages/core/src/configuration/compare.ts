import type { PathPair } from './paths.ts';
import type { Parameter } from './ports.ts';
import type { Rule } from './rule.ts';
import { isSelected, isTold, keyBelow, meets, type Selection, targetName } from './select.ts';

/** The parameters of one pair of paths as they are now. */
export interface Reading {
  readonly pair: PathPair;
  readonly source: readonly Parameter[];
  readonly target: readonly Parameter[];
}

/** One name below the paths, with what stands at both sides and what is to become of it. */
export interface Line {
  /** Below the paths: `database/url`. */
  readonly key: string;
  /** In the target. */
  readonly name: string;
  readonly source?: Parameter;
  readonly target?: Parameter;
  /**
   * `own`: the target's is kept, because a rule or the selection says so; `absent`: only the target has it, and it stays; `conflict`: another type, which SSM
   * cannot change.
   */
  readonly fate: 'create' | 'update' | 'same' | 'own' | 'absent' | 'conflict';
}

/** What a promotion would do with every parameter below the paths, by name. */
export function compare(
  readings: readonly Reading[],
  selection: Selection,
  rules: readonly Rule[],
): readonly Line[] {
  return readings
    .flatMap(({ pair, source, target }) => {
      const ours = byKey(source, pair.source);
      const theirs = byKey(target, pair.target);
      const keys = [...new Set([...ours.keys(), ...theirs.keys()])].filter((key) => !isTold(key));
      const isOwn = (key: string) =>
        !isSelected(key, selection) || rules.some((rule) => rule['never-copy'] && meets(key, rule.key));
      return keys.map((key) =>
        lineOf(key, targetName(key, pair), ours.get(key), theirs.get(key), isOwn(key)),
      );
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function byKey(parameters: readonly Parameter[], path: string): ReadonlyMap<string, Parameter> {
  return new Map(
    parameters.flatMap((parameter) => {
      const key = keyBelow(parameter.name, path);
      return key === undefined ? [] : [[key, parameter] as const];
    }),
  );
}

function lineOf(
  key: string,
  name: string,
  source: Parameter | undefined,
  target: Parameter | undefined,
  isOwn: boolean,
): Line {
  const sides = { key, name, ...(source ? { source } : {}), ...(target ? { target } : {}) };
  if (isOwn) return { ...sides, fate: 'own' };
  if (!source) return { ...sides, fate: 'absent' };
  if (!target) return { ...sides, fate: 'create' };
  if (source.type !== target.type) return { ...sides, fate: 'conflict' };
  return { ...sides, fate: source.value === target.value ? 'same' : 'update' };
}

/** What the target would hold of a name afterwards. */
export function afterwards({ fate, source, target }: Line): Parameter | undefined {
  return fate === 'create' || fate === 'update' || fate === 'same' ? source : target;
}
