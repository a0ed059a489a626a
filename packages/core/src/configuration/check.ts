import type { Finding } from '../gate/index.ts';
import { afterwards, type Line, type Reading } from './compare.ts';
import type { Parameter } from './ports.ts';
import type { Form, Rule } from './rule.ts';
import { meets } from './select.ts';

const deepest = 15;

/** What is wrong with a promotion before it is begun, and what was seen to be right. No finding holds a secret. */
export function findings(
  readings: readonly Reading[],
  lines: readonly Line[],
  rules: readonly Rule[],
  sourceEnvironment: string | undefined,
): readonly Finding[] {
  return [
    ...readings.map(sourceFinding),
    ...lines.flatMap(conflictFinding),
    ...lines.flatMap(levelFinding),
    ...rules.flatMap((rule) => ruleFindings(rule, lines)),
    ...lines.flatMap((line) => mentionFinding(line, sourceEnvironment)),
  ];
}

function sourceFinding({ pair, source }: Reading): Finding {
  const seen = `${source.length} parameters`;
  const message = `There are ${seen} below \`${pair.source}\`.`;
  if (source.length > 0) return { check: 'source', outcome: 'pass', subject: pair.source, seen, message };
  return {
    check: 'source',
    outcome: 'fail',
    subject: pair.source,
    seen,
    limit: 'one at least',
    message: `There is no parameter below \`${pair.source}\` at the source.`,
    remedy: 'Check `paths`, `source-environment`, `source-role` and `source-region`.',
  };
}

function conflictFinding({ fate, name, source, target }: Line): readonly Finding[] {
  if (fate !== 'conflict' || !source || !target) return [];
  return [
    {
      check: 'type',
      outcome: 'fail',
      subject: name,
      seen: source.type,
      limit: target.type,
      message: `\`${name}\` is a ${target.type}, and at the source a ${source.type}; SSM changes no type.`,
      remedy: 'Delete the one that is wrong and make it anew, or name it in `exclude`.',
    },
  ];
}

function levelFinding({ fate, name }: Line): readonly Finding[] {
  const levels = name.split('/').length - 1;
  if (fate !== 'create' || levels <= deepest) return [];
  return [
    {
      check: 'levels',
      outcome: 'fail',
      subject: name,
      seen: `${levels} levels`,
      limit: `${deepest} levels`,
      message: `\`${name}\` would have ${levels} levels; SSM takes ${deepest}.`,
      remedy: 'Give a shorter path for the target.',
    },
  ];
}

function ruleFindings(rule: Rule, lines: readonly Line[]): readonly Finding[] {
  const concerned = lines.filter(({ key }) => meets(key, rule.key));
  const there = concerned.flatMap((line) => {
    const parameter = afterwards(line);
    return parameter ? [{ line, parameter }] : [];
  });
  const check = `rule ${rule.key}`;
  const missing = rule.required ? missingFinding(rule, check, concerned, there.length) : [];
  const broken = there.flatMap(({ line, parameter }) =>
    complaints(rule, parameter, line).map(({ seen, limit }): Finding => {
      const owner = parameter === line.target && line.fate !== 'same' ? 'the target' : 'the source';
      return {
        check,
        outcome: 'fail',
        subject: line.name,
        seen,
        limit,
        message: `\`${line.name}\` would be ${seen}; expected ${limit}.`,
        remedy: `Mend it at ${owner}, or the rule \`${rule.key}\`.`,
      };
    }),
  );
  if (missing.length + broken.length > 0) return [...missing, ...broken];
  const seen = `${there.length} parameters`;
  return [{ check, outcome: 'pass', seen, message: `${seen} meet the rule \`${rule.key}\`.` }];
}

function missingFinding(
  rule: Rule,
  check: string,
  concerned: readonly Line[],
  there: number,
): readonly Finding[] {
  // Only what the source has and may not be written is concerned and yet not there.
  const leftOut = concerned.filter((line) => !afterwards(line)).map(({ name }) => name);
  const isPattern = rule.key.includes('*');
  if (there > 0 && (isPattern || leftOut.length === 0)) return [];
  const names = isPattern || leftOut.length === 0 ? [rule.key] : leftOut;
  return names.map((name) => ({
    check,
    outcome: 'fail',
    subject: name,
    seen: 'none',
    limit: 'required',
    message: `\`${name}\` is required, and the target would not have it.`,
    remedy: rule['never-copy']
      ? 'It is never copied: make it in the target.'
      : leftOut.length > 0
        ? 'The source has it, and it is left out by `include`, `exclude` or another rule’s `never-copy`: let it through, or make it in the target.'
        : 'Make it at the source, or in the target.',
  }));
}

interface Complaint {
  readonly seen: string;
  readonly limit: string;
}

function complaints(
  rule: Rule,
  parameter: Parameter,
  { source, told, isSecret }: Line,
): readonly Complaint[] {
  const { type, value } = parameter;
  const seen = (parameter === source ? told.source : told.target) ?? '';
  const found: Complaint[] = [];
  if (rule.type && type !== rule.type) found.push({ seen: `a ${type}`, limit: `a ${rule.type}` });
  if (rule.form && !reads(value, rule.form)) found.push({ seen, limit: forms[rule.form] });
  if (rule.pattern && !rule.pattern.test(value))
    found.push({ seen, limit: `what matches ${rule.pattern.source.slice(4, -2).replaceAll('\\/', '/')}` });
  if (rule.allowed && !rule.allowed.includes(value)) {
    const limit = isSecret ? 'one of the values allowed' : `one of ${rule.allowed.join(', ')}`;
    found.push({ seen, limit });
  }
  return found;
}

const forms: Readonly<Record<Form, string>> = {
  integer: 'a whole number',
  number: 'a number',
  boolean: '`true` or `false`',
  url: 'an address with its scheme',
  json: 'JSON',
};

function reads(value: string, form: Form): boolean {
  if (form === 'integer') return /^-?\d+$/.test(value);
  if (form === 'number') return value.trim() !== '' && Number.isFinite(Number(value));
  if (form === 'boolean') return value === 'true' || value === 'false';
  if (form === 'url') return URL.canParse(value);
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

/** What names the source's environment in a value often means that environment still when it is promoted. */
function mentionFinding(line: Line, environment: string | undefined): readonly Finding[] {
  const { fate, name, source } = line;
  if (!environment || !source || (fate !== 'create' && fate !== 'update')) return [];
  const word = environment.replace(/[^A-Za-z0-9]/g, '\\$&');
  if (!new RegExp(`(^|[^A-Za-z0-9])${word}([^A-Za-z0-9]|$)`, 'i').test(source.value)) return [];
  return [
    {
      check: 'mentions',
      outcome: 'info',
      subject: name,
      seen: `the word \`${environment}\``,
      message: `The value of \`${name}\` names \`${environment}\`.`,
      remedy:
        'Where it means that environment, give it a rule with `never-copy: true` and set it in the target.',
    },
  ];
}
