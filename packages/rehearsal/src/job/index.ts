export { defaultOf, typed } from './call.ts';
export { githubContext } from './contexts.ts';
export { planIncidentAtCall } from './incident.ts';
export { runWorkflow } from './workflow.ts';
