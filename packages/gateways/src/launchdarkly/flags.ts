import { OutsideError } from '@promo-actions/core/errors';
import type { ApprovalRequest, FlagChange, FlagCopy, FlagPart, FlagSystem } from '@promo-actions/core/flags';
import type { LaunchDarkly } from './client.ts';
import { type FlagAnswer, type Instruction, instructionsFor, toFlag } from './settings.ts';

interface Settings {
  readonly required: boolean;
  readonly requiredApprovalTags?: readonly string[];
}
interface EnvironmentAnswer {
  readonly key: string;
  readonly approvalSettings?: Settings;
  readonly resourceApprovalSettings?: { readonly flag?: Settings };
}
interface FlagsAnswer {
  readonly items: readonly { readonly key: string; readonly archived?: boolean }[];
  readonly _links: { readonly next?: unknown };
}
interface RequestAnswer {
  readonly _id: string;
  readonly description?: string;
  readonly reviewStatus: 'approved' | 'declined' | 'pending';
  readonly status: 'pending' | 'completed' | 'failed' | 'scheduled';
  readonly integrationMetadata?: { readonly externalUrl?: string };
}

const actions: Readonly<Record<FlagPart, string>> = {
  on: 'updateOn',
  rules: 'updateRules',
  fallthrough: 'updateFallthrough',
  'off-variation': 'updateOffVariation',
  targets: 'updateTargets',
  prerequisites: 'updatePrerequisites',
};
const pageSize = 100;

/** The flags of one project of LaunchDarkly. */
export function createFlagSystem(launchDarkly: LaunchDarkly, project: string): FlagSystem {
  const in_ = encodeURIComponent;
  const ofProject = `/api/v2/projects/${in_(project)}`;
  const ofFlag = (key: string) => `/api/v2/flags/${in_(project)}/${in_(key)}`;
  const approvals = (flag: string, environment: string) =>
    `${ofProject}/flags/${in_(flag)}/environments/${in_(environment)}`;
  const variations = new Map<string, readonly string[]>();

  const readFlag = async (key: string, query: string): Promise<FlagAnswer | undefined> => {
    const question = {
      method: 'GET',
      path: `${ofFlag(key)}?${query}`,
      what: `Flag \`${key}\` could not be read`,
    } as const;
    const given = await launchDarkly.askUnless([404], question);
    if ('refusal' in given) return undefined;
    const flag = given.answer as FlagAnswer;
    variations.set(
      key,
      flag.variations.map(({ _id }) => _id ?? ''),
    );
    return flag;
  };

  const environmentsThere = async (): Promise<string> => {
    const path = `${ofProject}/environments?limit=${pageSize}`;
    const what = `The environments of ${project} could not be read`;
    const remedy = `Check \`project\`: there is no project \`${project}\`, or the token may not view it.`;
    const { items } = (await launchDarkly.ask({ method: 'GET', path, what, remedy })) as {
      readonly items: readonly { readonly key: string }[];
    };
    return items.map(({ key }) => key).join(', ');
  };

  /** The instructions for a change; the variations of its prerequisites are read where they are needed. */
  const instructions = async ({ flag, wanted, parts }: FlagChange): Promise<readonly Instruction[]> => {
    if (parts.includes('prerequisites'))
      for (const { flag: key } of wanted.prerequisites) if (!variations.has(key)) await readFlag(key, '');
    const idsOf = (key: string) => variations.get(key) ?? [];
    return instructionsFor(wanted, parts, idsOf(flag.key), idsOf);
  };

  const included = (parts: readonly FlagPart[]) => parts.map((part) => actions[part]);

  const toRequest = (answer: RequestAnswer, url: string): ApprovalRequest => ({
    id: answer._id,
    description: answer.description ?? '',
    review: answer.reviewStatus,
    status: answer.status,
    url: answer.integrationMetadata?.externalUrl || url,
  });
  const notifying = (notified: { members: readonly string[]; teams: readonly string[] }) => ({
    ...(notified.members.length > 0 ? { notifyMemberIds: notified.members } : {}),
    ...(notified.teams.length > 0 ? { notifyTeamKeys: notified.teams } : {}),
  });
  const page = ({ flag, target }: Pick<FlagChange, 'flag' | 'target'>) =>
    flag.environments[target]?.url ?? launchDarkly.baseUrl;
  const version = ({ flag }: FlagChange, environment: string) => flag.environments[environment]?.version;

  return {
    async environment(key) {
      const path = `${ofProject}/environments/${in_(key)}`;
      const what = `Environment \`${key}\` of ${project} could not be read`;
      const given = await launchDarkly.askUnless([404], { method: 'GET', path, what });
      if ('refusal' in given)
        throw new OutsideError({
          what: `There is no environment \`${key}\` in project ${project} of LaunchDarkly`,
          remedy: `It has ${await environmentsThere()}: take the key of one of them.`,
          operation: `GET ${path}`,
          code: 'HTTP 404',
        });
      const { approvalSettings, resourceApprovalSettings } = given.answer as EnvironmentAnswer;
      const settings = [approvalSettings, resourceApprovalSettings?.flag].filter((it) => it !== undefined);
      const tags = settings.flatMap(({ requiredApprovalTags = [] }) => requiredApprovalTags);
      if (settings.some(({ required }) => required) && tags.length === 0) return { key, approvals: 'all' };
      return { key, approvals: tags.length > 0 ? { tags } : 'none' };
    },

    async tagged(tag) {
      const keys: string[] = [];
      for (let offset = 0; ; offset += pageSize) {
        const query = new URLSearchParams({
          tag,
          limit: String(pageSize),
          offset: String(offset),
          sort: 'key',
        });
        const { items, _links } = (await launchDarkly.ask({
          method: 'GET',
          path: `/api/v2/flags/${in_(project)}?${query}`,
          what: `The flags of ${project} with the tag \`${tag}\` could not be listed`,
          remedy: `Check \`project\`: there is no project \`${project}\`, or the token may not view it.`,
        })) as FlagsAnswer;
        keys.push(...items.filter(({ archived }) => !archived).map(({ key }) => key));
        if (!_links.next || items.length === 0) return keys;
      }
    },

    async flag(key, environments) {
      const answer = await readFlag(key, environments.map((it) => `env=${in_(it)}`).join('&'));
      return answer && toFlag(answer, launchDarkly.baseUrl);
    },

    async hasSegment(environment, segment) {
      const path = `/api/v2/segments/${in_(project)}/${in_(environment)}/${in_(segment)}`;
      const what = `Segment \`${segment}\` of ${environment} could not be read`;
      return 'answer' in (await launchDarkly.askUnless([404], { method: 'GET', path, what }));
    },

    async copy(change: FlagCopy) {
      const { flag, source, target, parts, comment } = change;
      const given = await launchDarkly.askUnless([403, 404, 405, 409], {
        method: 'POST',
        path: `${ofFlag(flag.key)}/copy`,
        what: `Flag \`${flag.key}\` could not be copied from ${source} to ${target}`,
        body: {
          source: { key: source, currentVersion: version(change, source) },
          target: { key: target, currentVersion: version(change, target) },
          comment,
          includedActions: included(parts),
        },
      });
      if ('answer' in given) return 'done';
      const { status, said } = given.refusal;
      return status === 409 ? 'conflict' : { refused: `HTTP ${status}: ${said}` };
    },

    async patch(change) {
      const { flag, target, comment } = change;
      await launchDarkly.ask({
        method: 'PATCH',
        path: ofFlag(flag.key),
        semanticPatch: true,
        what: `Flag \`${flag.key}\` could not be changed in ${target}`,
        body: { environmentKey: target, comment, instructions: await instructions(change) },
      });
    },

    async requests(flag, environment) {
      const { items } = (await launchDarkly.ask({
        method: 'GET',
        path: `${approvals(flag.key, environment)}/approval-requests`,
        what: `The approval requests of \`${flag.key}\` in ${environment} could not be read`,
      })) as { readonly items: readonly RequestAnswer[] };
      return items.map((it) => toRequest(it, page({ flag, target: environment })));
    },

    async requestCopy(change, notified) {
      const { flag, source, target, parts, comment } = change;
      const given = await launchDarkly.askUnless([403, 404, 405], {
        method: 'POST',
        path: `${approvals(flag.key, target)}/approval-requests-flag-copy`,
        what: `Approval could not be asked for the copy of \`${flag.key}\` to ${target}`,
        body: {
          description: comment,
          source: { key: source, version: version(change, source) },
          includedActions: included(parts),
          ...notifying(notified),
        },
      });
      if ('answer' in given) return toRequest(given.answer as RequestAnswer, page(change));
      return { refused: `HTTP ${given.refusal.status}: ${given.refusal.said}` };
    },

    async requestPatch(change, notified) {
      const { flag, target, comment } = change;
      const answer = await launchDarkly.ask({
        method: 'POST',
        path: `${approvals(flag.key, target)}/approval-requests`,
        what: `Approval could not be asked for the change of \`${flag.key}\` in ${target}`,
        body: { description: comment, instructions: await instructions(change), ...notifying(notified) },
      });
      return toRequest(answer as RequestAnswer, page(change));
    },

    async apply(flag, environment, { id, description }) {
      const given = await launchDarkly.askUnless([403], {
        method: 'POST',
        path: `${approvals(flag.key, environment)}/approval-requests/${in_(id)}/apply`,
        what: `The approved change of \`${flag.key}\` in ${environment} could not be applied`,
        body: { comment: description },
      });
      return 'answer' in given ? 'done' : { refused: given.refusal.said };
    },
  };
}
