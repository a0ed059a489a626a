export { defaultOf, typed } from './call.ts';
export { githubContext } from './contexts.ts';
export { planIncidentAtCall } from './incident.ts';
export { ungranted } from './ungranted.ts';
export { runWorkflow } from './workflow.ts';
