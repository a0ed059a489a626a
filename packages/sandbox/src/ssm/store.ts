import { createHash } from 'node:crypto';
import { checkLabelCount, isLabel, type ParameterType, readSelector, refuse, type Tier } from './rules.ts';

const MOST_VERSIONS = 100;

/** One version of a parameter, never changed but for its labels. */
export interface Version {
  readonly number: number;
  readonly value: string;
  readonly type: ParameterType;
  readonly tier: Tier;
  readonly keyId: string | undefined;
  readonly description: string | undefined;
  readonly allowedPattern: string | undefined;
  readonly dataType: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly labels: readonly string[];
}

export interface Parameter {
  readonly name: string;
  /** Oldest first; at most 100. */
  readonly versions: readonly Version[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface Found {
  readonly parameter: Parameter;
  readonly version: Version;
  /** As it was asked for, `:3` or `:label`. */
  readonly selector: string | undefined;
}

export const latest = ({ versions, name }: Parameter): Version => {
  const last = versions.at(-1);
  if (last === undefined) throw new Error(`The parameter ${name} has no version.`);
  return last;
};

/** What a SecureString's value looks like without its key: nothing of the value is in it. */
export function ciphertext(name: string, { number, keyId }: Version): string {
  const digest = createHash('sha512').update(`${name}\n${number}\n${keyId}`).digest();
  return `AQICAHh${digest.toString('base64').replace(/=+$/, '')}`;
}

/** The parameters of one account and region. */
export class ParameterStore {
  private readonly parameters = new Map<string, Parameter>();

  get(name: string): Parameter | undefined {
    return this.parameters.get(name);
  }

  all(): readonly Parameter[] {
    return [...this.parameters.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The parameter or the version asked for by name, `name:3`, `name:label` or ARN; undefined when there is no such name. */
  find(text: string): Found | undefined {
    const { name, selector } = readSelector(text);
    const parameter = this.parameters.get(name);
    if (parameter === undefined) return undefined;
    if (selector === undefined) return { parameter, version: latest(parameter), selector: undefined };
    const version = parameter.versions.find(({ number, labels }) =>
      /^\d+$/.test(selector) ? number === Number(selector) : labels.includes(selector),
    );
    if (version === undefined) {
      throw refuse(
        'ParameterVersionNotFound',
        `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`,
      );
    }
    return { parameter, version, selector: `:${selector}` };
  }

  /** Adds a version, the first one making the parameter; beyond 100 the oldest goes, unless it bears a label. */
  append(
    name: string,
    facts: Omit<Version, 'number' | 'labels'>,
    tags: Readonly<Record<string, string>> = {},
  ): Version {
    const before = this.parameters.get(name);
    const version = { ...facts, number: before === undefined ? 1 : latest(before).number + 1, labels: [] };
    const versions = [...(before?.versions ?? []), version];
    const [oldest] = versions;
    if (versions.length > MOST_VERSIONS && oldest !== undefined && oldest.labels.length > 0) {
      throw refuse(
        'ParameterMaxVersionLimitExceeded',
        `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest.number}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
      );
    }
    this.parameters.set(name, {
      name,
      versions: versions.slice(-MOST_VERSIONS),
      tags: { ...before?.tags, ...tags },
    });
    return version;
  }

  /** Attaches labels to one version, taking them from the version that had them; returns those that are not allowed. */
  label(parameter: Parameter, target: Version, labels: readonly string[]): readonly string[] {
    const good = labels.filter(isLabel);
    const own = [...new Set([...target.labels, ...good])];
    checkLabelCount(own.length);
    const versions = parameter.versions.map((version) => ({
      ...version,
      labels:
        version.number === target.number ? own : version.labels.filter((label) => !good.includes(label)),
    }));
    this.parameters.set(parameter.name, { ...parameter, versions });
    return labels.filter((label) => !isLabel(label));
  }

  tag(parameter: Parameter, tags: Readonly<Record<string, string>>): void {
    this.parameters.set(parameter.name, { ...parameter, tags });
  }

  delete(name: string): boolean {
    return this.parameters.delete(name);
  }
}
