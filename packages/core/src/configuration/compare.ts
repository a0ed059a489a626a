import type { PathPair } from './paths.ts';
import type { Parameter } from './ports.ts';
import type { Rule } from './rule.ts';
import { isSelected, isTold, keyBelow, meets, type Selection, targetName } from './select.ts';
import { type Teller, tellerOf } from './told.ts';

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
  /** A SecureString at one side, or by a rule. What is secret at one side is likely the same at the other. */
  readonly isSecret: boolean;
  /** Both values as people may see them. */
  readonly told: { readonly source?: string; readonly target?: string };
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
  const tell = tellerOf(readings.flatMap(({ source, target }) => [...source, ...target]));
  return readings
    .flatMap(({ pair, source, target }) => {
      const ours = byKey(source, pair.source);
      const theirs = byKey(target, pair.target);
      const keys = [...new Set([...ours.keys(), ...theirs.keys()])].filter((key) => !isTold(key));
      const isOwn = (key: string) =>
        !isSelected(key, selection) || rules.some((rule) => rule['never-copy'] && meets(key, rule.key));
      const isSecret = (key: string) =>
        rules.some((rule) => rule.type === 'SecureString' && meets(key, rule.key));
      return keys.map((key) => {
        const sides = sidesOf(ours.get(key), theirs.get(key), isSecret(key), tell);
        return { key, name: targetName(key, pair), ...sides, fate: fateOf(sides, isOwn(key)) };
      });
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

type Sides = Pick<Line, 'source' | 'target' | 'isSecret' | 'told'>;

function sidesOf(
  source: Parameter | undefined,
  target: Parameter | undefined,
  byRule: boolean,
  tell: Teller,
): Sides {
  const isSecret = byRule || source?.type === 'SecureString' || target?.type === 'SecureString';
  return {
    ...(source ? { source } : {}),
    ...(target ? { target } : {}),
    isSecret,
    told: {
      ...(source ? { source: tell(source, isSecret) } : {}),
      ...(target ? { target: tell(target, isSecret) } : {}),
    },
  };
}

function fateOf({ source, target }: Sides, isOwn: boolean): Line['fate'] {
  if (isOwn) return 'own';
  if (!source) return 'absent';
  if (!target) return 'create';
  if (source.type !== target.type) return 'conflict';
  return source.value === target.value ? 'same' : 'update';
}

/** What the target would hold of a name afterwards. */
export function afterwards({ fate, source, target }: Line): Parameter | undefined {
  return fate === 'create' || fate === 'update' || fate === 'same' ? source : target;
}
