import { WireError } from '../kernel/index.ts';

export const TYPES = ['String', 'StringList', 'SecureString'] as const;
export type ParameterType = (typeof TYPES)[number];
export type Tier = 'Standard' | 'Advanced';

const DEEPEST = 15;
const LARGEST = { Standard: 4096, Advanced: 8192 } as const;
const MOST_LABELS = 10;

/** An error of Systems Manager; all of them are 400. */
export const refuse = (code: string, message: string): WireError => new WireError(400, code, message);
export const invalid = (message: string): WireError => refuse('ValidationException', message);

/** Throws where a parameter may not bear the name. */
export function checkName(name: string): void {
  const bare = name.replace(/^\//, '').toLowerCase();
  const path = name.lastIndexOf('/') > 0;
  if (path && bare.startsWith('aws')) {
    throw refuse('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  }
  if (!path && (bare.startsWith('aws') || bare.startsWith('ssm'))) {
    throw invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  }
  if (path && !name.startsWith('/')) throw invalid('Parameter name must be a fully qualified name.');
  if (bare.startsWith('ssm') || !/^\/?[a-zA-Z0-9_.-]+(\/[a-zA-Z0-9_.-]+)*$/.test(name)) {
    throw invalid(
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  }
  if (name.split('/').filter(Boolean).length > DEEPEST) {
    throw refuse(
      'HierarchyLevelLimitExceededException',
      `A hierarchy can have a maximum of ${DEEPEST} levels: ${name} has more.`,
    );
  }
}

export interface ValueRules {
  readonly value: string;
  readonly tier: Tier | 'Intelligent-Tiering';
  readonly allowedPattern: string | undefined;
  readonly dataType: string;
}

/** The tier that the value ends up in. Throws where the value may not be stored. */
export function checkValue({ value, tier, allowedPattern, dataType }: ValueRules): Tier {
  if (value === '') {
    throw invalid(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    );
  }
  if (/\{\{.*\}\}/s.test(value)) {
    throw invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
  }
  if (!['text', 'aws:ec2:image', 'aws:ssm:integration'].includes(dataType)) {
    throw invalid(
      `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
    );
  }
  checkPattern(value, allowedPattern);
  const size = Buffer.byteLength(value);
  const chosen = tier === 'Intelligent-Tiering' ? (size > LARGEST.Standard ? 'Advanced' : 'Standard') : tier;
  if (size <= LARGEST[chosen]) return chosen;
  const more =
    chosen === 'Standard'
      ? ' To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.'
      : '';
  throw invalid(
    `${chosen} tier parameters support a maximum parameter value of ${LARGEST[chosen]} characters.${more}`,
  );
}

function checkPattern(value: string, pattern: string | undefined): void {
  if (pattern === undefined || pattern === '') return;
  let expression: RegExp;
  try {
    expression = new RegExp(pattern);
  } catch {
    throw refuse('InvalidAllowedPatternException', `The regular expression ${pattern} is not valid.`);
  }
  if (!expression.test(value)) {
    throw refuse(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
  }
}

/** Whether a label may be attached; the others come back in InvalidLabels, without an error. */
export function isLabel(label: string): boolean {
  return /^[a-zA-Z_.-][a-zA-Z0-9_.-]*$/.test(label) && !/^(aws|ssm)/i.test(label);
}

export function checkLabelCount(count: number): void {
  if (count > MOST_LABELS) {
    throw refuse(
      'ParameterVersionLabelLimitExceeded',
      `A parameter version can have maximum ${MOST_LABELS} labels. Move one or more labels to another version and try again.`,
    );
  }
}

/** `name`, `name:3` or `name:label`, or the parameter's ARN with any of these. */
export function readSelector(text: string): { readonly name: string; readonly selector: string | undefined } {
  const [, arn] = /^arn:[^:]+:ssm:[^:]*:\d{12}:parameter\/(.+)$/.exec(text) ?? [];
  const named = arn === undefined ? text : arn.includes('/') ? `/${arn}` : arn;
  const colon = named.indexOf(':');
  if (colon < 0) return { name: named, selector: undefined };
  return { name: named.slice(0, colon), selector: named.slice(colon + 1) };
}
