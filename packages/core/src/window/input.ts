import { array, pipe, rawTransform, unknown } from 'valibot';
import { json } from '../action/index.ts';
import type { InputProblem } from '../errors/index.ts';
import { expectedRule, isTimeZone, NoRule, parseRule } from './parse.ts';
import { lacksZone, type Rule } from './rule.ts';

const rule = pipe(
  unknown(),
  rawTransform<unknown, Rule>(({ dataset, addIssue, NEVER }) => {
    try {
      return parseRule(dataset.value);
    } catch (error) {
      if (!(error instanceof NoRule)) throw error;
      addIssue({ message: error.message });
      return NEVER;
    }
  }),
);

/** An input of windows or freezes: one rule a line, or a YAML or JSON list of rules in text or as maps. */
export function rules(description: string) {
  const input = json(array(rule), `one a line: ${expectedRule}`, description);
  return { ...input, parse: (text: string) => input.parse(listOf(text)) };
}

/** Lines are no YAML list; a text that is none is read as one rule a line. */
function listOf(text: string): string {
  if (/^(\[|- )/.test(text)) return text;
  if (text.startsWith('{')) return `[${text}]`;
  const lines = text.split(/[\n;]/).map((line) => line.trim());
  return JSON.stringify(lines.filter(Boolean));
}

/** The zone of the messages, and of what names none: the one given, else the first that a rule names. */
export function zoneOf(inputs: {
  readonly timeZone?: string | undefined;
  readonly windows?: readonly Rule[] | undefined;
  readonly freezes?: readonly Rule[] | undefined;
}): string {
  const { timeZone, windows = [], freezes = [] } = inputs;
  return timeZone ?? [...windows, ...freezes].find((rule) => rule.timeZone)?.timeZone ?? 'UTC';
}

/** The zones that the inputs lack or that are none. */
export function zoneProblems(inputs: {
  readonly timeZone?: string | undefined;
  readonly windows?: readonly Rule[] | undefined;
  readonly freezes?: readonly Rule[] | undefined;
}): readonly InputProblem[] {
  const { timeZone } = inputs;
  if (timeZone !== undefined) {
    if (isTimeZone(timeZone)) return [];
    const message = `got "${timeZone}", expected an IANA time zone such as \`Africa/Johannesburg\` or \`UTC\`.`;
    return [{ input: 'time-zone', message }];
  }
  const problems: InputProblem[] = [];
  for (const input of ['windows', 'freezes'] as const) {
    const bare = inputs[input]?.find(lacksZone);
    if (bare) {
      const message = `\`${bare.label}\` names no time zone; add it to the entry, or give \`time-zone\`.`;
      problems.push({ input, message });
    }
  }
  return problems;
}
