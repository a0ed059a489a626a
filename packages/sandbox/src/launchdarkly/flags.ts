import { patched } from './patch.ts';
import { environmentShape, flagShape } from './shapes.ts';
import type { Config, Flag, Settings } from './state.ts';
import {
  type Body,
  type Call,
  configOf,
  conflict,
  environmentOf,
  flagOf,
  forbidden,
  invalid,
  json,
  missing,
  projectOf,
  type Route,
} from './wire.ts';

/** Environments, segments, and flags with their changes. */
export const flagRoutes: readonly Route[] = [
  {
    operation: 'GET /api/v2/projects/{projectKey}/environments',
    handle(call) {
      const project = projectOf(call);
      const items = [...project.environments.values()].map((it) => environmentShape(project, it));
      return json(200, { _links: {}, totalCount: items.length, items });
    },
  },
  {
    operation: 'GET /api/v2/projects/{projectKey}/environments/{environmentKey}',
    handle(call) {
      return json(200, environmentShape(projectOf(call), environmentOf(call, call.params.environmentKey)));
    },
  },
  {
    operation: 'GET /api/v2/segments/{projectKey}/{environmentKey}/{segmentKey}',
    handle(call) {
      const key = call.params.segmentKey ?? '';
      const { segments } = environmentOf(call, call.params.environmentKey);
      if (!segments.includes(key)) throw missing(`Unknown segment key: ${key}`);
      const date = { creationDate: call.now, lastModifiedDate: call.now };
      const rest = { name: key, tags: [], _links: {}, rules: [], version: 1, deleted: false, generation: 1 };
      return json(200, { key, ...rest, ...date });
    },
  },
  { operation: 'GET /api/v2/flags/{projectKey}', handle: list },
  {
    operation: 'GET /api/v2/flags/{projectKey}/{featureFlagKey}',
    handle: (call) => json(200, shown(call, flagOf(call))),
  },
  { operation: 'PATCH /api/v2/flags/{projectKey}/{featureFlagKey}', handle: patch },
  { operation: 'POST /api/v2/flags/{projectKey}/{featureFlagKey}/copy', handle: copy },
];

/** The flag with all environments, or those that the query names. */
function shown(call: Call, flag: Flag) {
  const project = projectOf(call);
  const asked = call.query.getAll('env');
  return flagShape(project, flag, asked.length > 0 ? asked : [...project.environments.keys()], true);
}

function list(call: Call) {
  const { query } = call;
  const project = projectOf(call);
  const tag = query.get('tag');
  const archived = query.get('archived') === 'true';
  const found = [...project.flags.values()]
    .filter((flag) => flag.archived === archived && (tag === null || flag.tags.includes(tag)))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const limit = amount(query, 'limit', 20);
  const offset = amount(query, 'offset', 0);
  const more = new URLSearchParams(query);
  more.set('offset', String(offset + limit));
  const next = { href: `/api/v2/flags/${project.key}?${more}`, type: 'application/json' };
  const whole = query.get('summary') === '0';
  return json(200, {
    items: found
      .slice(offset, offset + limit)
      .map((flag) => flagShape(project, flag, query.getAll('env'), whole)),
    _links: found.length > offset + limit ? { next } : {},
    totalCount: found.length,
  });
}

function amount(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  return text && /^\d+$/.test(text) ? Number(text) : otherwise;
}

function patch(call: Call) {
  const { body, contentType } = call;
  if (!/;\s*domain-model=launchdarkly\.semanticpatch\b/.test(contentType))
    throw invalid('The sandbox reads semantic patches alone; this would be taken for a JSON patch.');
  const flag = flagOf(call);
  const config = configOf(call, flag, body.environmentKey);
  const context = { state: call.state, project: projectOf(call), flag };
  const settings = patched(config.settings, body.instructions, context);
  withoutApproval(call, flag, String(body.environmentKey));
  change(config, settings, call.now);
  return json(200, shown(call, flag));
}

/** Gives an environment new settings; its version rises when they are others. */
export function change(config: Config, settings: Settings, now: number): void {
  if (JSON.stringify(config.settings) === JSON.stringify(settings)) return;
  config.settings = settings;
  config.version += 1;
  config.lastModified = now;
}

/** Refuses a change that needs an approval first. */
function withoutApproval(call: Call, { key, tags }: Flag, environment: string): void {
  const { approvals } = environmentOf(call, environment);
  if (!approvals) return;
  const needed =
    approvals.tags.length > 0 ? approvals.tags.some((tag) => tags.includes(tag)) : approvals.required;
  if (needed) throw forbidden(`Changes of ${key} in ${environment} require approval`);
}

/** What each action copies of the settings. */
const copied: Readonly<Record<string, keyof Settings | undefined>> = {
  updateOn: 'on',
  updateRules: 'rules',
  updateFallthrough: 'fallthrough',
  updateOffVariation: 'offVariation',
  updateTargets: 'targets',
  updatePrerequisites: 'prerequisites',
  updateFlagConfigMigrationSettings: undefined,
};

/** What copying makes of a target's settings, from a source as it is now. */
export function copyEffect(call: Call, source: Settings): (settings: Settings) => Settings {
  const parts = actionsOf(call.body).flatMap((action) => copied[action] ?? []);
  const rules = source.rules.map((rule) => ({
    ...rule,
    _id: call.state.newId(),
    clauses: rule.clauses.map((clause) => ({ ...clause, _id: call.state.newId() })),
  }));
  const wanted: Settings = { ...source, rules };
  return (settings) => ({ ...settings, ...Object.fromEntries(parts.map((part) => [part, wanted[part]])) });
}

export function actionsOf({ includedActions, excludedActions }: Body): readonly string[] {
  if (includedActions !== undefined && excludedActions !== undefined)
    throw invalid('includedActions and excludedActions cannot both be given');
  for (const action of [includedActions ?? excludedActions ?? []].flat())
    if (!(String(action) in copied)) throw invalid(`unknown action ${action}`);
  if (Array.isArray(includedActions)) return includedActions.map(String);
  const excluded = Array.isArray(excludedActions) ? excludedActions : [];
  return Object.keys(copied).filter((action) => !excluded.includes(action));
}

function copy(call: Call) {
  if (!call.state.copying) throw forbidden('Copying flag settings is not part of the plan of this account');
  const flag = flagOf(call);
  const [source, target] = [call.body.source, call.body.target].map((it) => (it ?? {}) as Body);
  if (!source?.key || !target?.key) throw invalid('source and target need a key');
  const from = configOf(call, flag, source.key);
  const to = configOf(call, flag, target.key);
  for (const [side, config] of [
    [source, from],
    [target, to],
  ] as const)
    if (side.currentVersion !== undefined && side.currentVersion !== config.version)
      throw conflict(
        `The version of ${flag.key} in ${side.key} is ${config.version}, not ${side.currentVersion}`,
      );
  const settings = copyEffect(call, from.settings)(to.settings);
  withoutApproval(call, flag, String(target.key));
  change(to, settings, call.now);
  return json(201, shown(call, flag));
}
