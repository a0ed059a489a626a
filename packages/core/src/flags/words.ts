import { oneLine } from '../foreign-text/index.ts';
import type { Clause, Flag, FlagPart, FlagSettings, Rule, Served, Target } from './flag.ts';
import { same } from './parts.ts';

/**
 * What becomes of a flag, a line for each change. Keys of individual targets are people's: only their number is told, and
 * so it is with the values of rules on such attributes.
 */
export function describeChange(
  { variations }: Pick<Flag, 'variations'>,
  before: FlagSettings,
  after: FlagSettings,
  parts: readonly FlagPart[],
): readonly string[] {
  const name = (index: number | null | undefined) => variationName(variations, index);
  return parts.flatMap((part) =>
    same(before[part], after[part]) ? [] : partWords(part, before, after, name),
  );
}

function partWords(part: FlagPart, before: FlagSettings, after: FlagSettings, name: Name): readonly string[] {
  switch (part) {
    case 'on':
      return [`on: ${onOff(before.on)} → ${onOff(after.on)}`];
    case 'off-variation':
      return [`off-variation: ${name(before[part])} → ${name(after[part])}`];
    case 'fallthrough':
      return [`fallthrough: ${servedWords(before[part], name)} → ${servedWords(after[part], name)}`];
    case 'rules':
      return rulesWords(before.rules, after.rules, name);
    case 'targets':
      return targetsWords(before.targets, after.targets, name);
    case 'prerequisites':
      return listWords(
        part,
        before[part],
        after[part],
        (it) => `${it.flag} serves variation ${it.variation + 1}`,
      );
  }
}

type Name = (index: number | null | undefined) => string;

function variationName(variations: readonly string[], index: number | null | undefined): string {
  if (index === null || index === undefined) return 'nothing';
  return variations[index] ?? `variation ${index + 1}`;
}

function onOff(on: boolean): string {
  return on ? 'on' : 'off';
}

function servedWords({ variation, rollout }: Served, name: Name): string {
  if (!rollout) return name(variation);
  const shares = rollout.weights.map((it) => `${it.weight / 1_000}% ${name(it.variation)}`).join(', ');
  return `${shares} by ${rollout.contextKind} ${rollout.bucketBy}`;
}

function rulesWords(before: readonly Rule[], after: readonly Rule[], name: Name): readonly string[] {
  const lines = listWords('rules', before, after, (rule) => {
    const conditions = rule.clauses.map(clauseWords).join(' and ');
    return `${rule.disabled ? '(disabled) ' : ''}if ${conditions}: ${servedWords(rule, name)}`;
  });
  return lines.length > 0 ? lines : ['rules: in another order'];
}

const personal = /^(key|email|e-mail|name|firstname|lastname|ip|phone)$/i;
const mostValues = 3;

function clauseWords({ contextKind, attribute, op, negate, values }: Clause): string {
  const shown =
    personal.test(attribute) || values.length > mostValues
      ? `${values.length} ${values.length === 1 ? 'value' : 'values'}`
      : values.map((value) => oneLine(String(value))).join(', ');
  const subject = op === 'segmentMatch' ? contextKind : `${contextKind} ${attribute}`;
  return `${subject} ${negate ? 'not ' : ''}${op} ${shown}`;
}

function targetsWords(before: readonly Target[], after: readonly Target[], name: Name): readonly string[] {
  const keyOf = ({ contextKind, variation }: Target) => `${contextKind} ${variation}`;
  const places = new Map([...before, ...after].map((target) => [keyOf(target), target]));
  return [...places]
    .map(([place, { contextKind, variation }]) => {
      const old = new Set(before.find((it) => keyOf(it) === place)?.values);
      const now = new Set(after.find((it) => keyOf(it) === place)?.values);
      const more = [...now].filter((it) => !old.has(it)).length;
      const fewer = [...old].filter((it) => !now.has(it)).length;
      return more + fewer === 0
        ? ''
        : `targets: ${contextKind} to ${name(variation)}: ${more} more, ${fewer} fewer`;
    })
    .filter(Boolean);
}

/** What goes and what comes; a list that only changes its order gives no line. */
function listWords<T>(
  part: FlagPart,
  before: readonly T[],
  after: readonly T[],
  words: (item: T) => string,
): readonly string[] {
  const lacking = (list: readonly T[], item: T) => !list.some((other) => same(other, item));
  return [
    ...before.filter((item) => lacking(after, item)).map((item) => `${part}: − ${words(item)}`),
    ...after.filter((item) => lacking(before, item)).map((item) => `${part}: + ${words(item)}`),
  ];
}
