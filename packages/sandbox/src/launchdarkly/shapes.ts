import type { EnvironmentDefinition } from './definition.ts';
import type { ApprovalRequest, Config, Flag, Project } from './state.ts';

const json = 'application/json';

/** A flag with its settings in the environments asked for. @param whole with rules, targets and prerequisites */
export function flagShape(project: Project, flag: Flag, environments: readonly string[], whole: boolean) {
  const { key, name, tags, archived, variations, created, configs } = flag;
  const self = `/api/v2/flags/${project.key}/${key}`;
  const chosen = [...configs].filter(([environment]) => environments.includes(environment));
  const boolean = variations.length === 2 && variations.every(({ value }) => typeof value === 'boolean');
  return {
    name,
    kind: boolean ? 'boolean' : 'multivariate',
    description: '',
    key,
    _version: 1,
    creationDate: created,
    includeInSnippet: false,
    clientSideAvailability: { usingMobileKey: false, usingEnvironmentId: false },
    variations,
    temporary: true,
    tags,
    _links: {
      parent: { href: `/api/v2/flags/${project.key}`, type: json },
      self: { href: self, type: json },
    },
    experiments: { baselineIdx: 0, items: [] },
    customProperties: {},
    archived,
    environments: Object.fromEntries(
      chosen.map(([environment, config]) => [
        environment,
        configShape(`/${project.key}/${environment}/features/${key}`, environment, archived, config, whole),
      ]),
    ),
  };
}

/** Targets of other kinds than users stand in a list of their own, in which those of users leave empty places. */
function configShape(
  site: string,
  environment: string,
  archived: boolean,
  { version, lastModified, settings }: Config,
  whole: boolean,
) {
  const { on, fallthrough, offVariation, rules, targets, prerequisites } = settings;
  const users = targets.filter(({ contextKind }) => contextKind === 'user');
  const others = targets.filter(({ contextKind }) => contextKind !== 'user');
  const places = users.map(({ variation }) => ({ contextKind: 'user', variation, values: [] }));
  return {
    on,
    archived,
    salt: 'c2FsdA==',
    sel: 'c2Vs',
    lastModified,
    version,
    ...(whole
      ? {
          targets: users,
          contextTargets: others.length > 0 ? [...others, ...places] : [],
          rules,
          prerequisites,
        }
      : {}),
    fallthrough,
    ...(offVariation === undefined ? {} : { offVariation }),
    _site: { href: site, type: 'text/html' },
    _environmentName: environment,
    trackEvents: false,
    trackEventsFallthrough: false,
  };
}

export function environmentShape(project: Project, { key, approvals }: EnvironmentDefinition) {
  const self = `/api/v2/projects/${project.key}/environments/${key}`;
  return {
    _links: { self: { href: self, type: json } },
    _id: Buffer.from(`${project.key}/${key}`).toString('hex').padEnd(24, '0').slice(0, 24),
    key,
    name: key,
    apiKey: 'sdk-sandbox',
    mobileKey: 'mob-sandbox',
    color: '417505',
    defaultTtl: 0,
    secureMode: false,
    defaultTrackEvents: false,
    requireComments: false,
    confirmChanges: false,
    tags: [],
    critical: false,
    ...(approvals
      ? {
          approvalSettings: {
            required: approvals.required,
            bypassApprovalsForPendingChanges: false,
            minNumApprovals: 1,
            canReviewOwnRequest: false,
            canApplyDeclinedChanges: false,
            autoApplyApprovedChanges: false,
            serviceKind: 'launchdarkly',
            serviceConfig: {},
            requiredApprovalTags: approvals.tags,
          },
        }
      : {}),
  };
}

export function requestShape(project: Project, flag: Flag, request: ApprovalRequest, review: string) {
  const { _id, environment, source, appliedDate } = request;
  const self = `/api/v2/projects/${project.key}/flags/${flag.key}/environments/${environment}/approval-requests/${_id}`;
  return {
    _id,
    _version: 1 + request.reviews.length,
    creationDate: request.created,
    serviceKind: 'launchdarkly',
    requestorId: request.requestorId,
    description: request.description,
    reviewStatus: review,
    allReviews: request.reviews,
    notifyMemberIds: request.notifyMemberIds,
    status: appliedDate === undefined ? 'pending' : 'completed',
    instructions: request.instructions,
    conflicts: [],
    _links: { self: { href: self, type: json }, apply: { href: `${self}/apply`, type: json } },
    ...(appliedDate === undefined ? {} : { appliedDate }),
    ...(source ? { source } : {}),
  };
}
