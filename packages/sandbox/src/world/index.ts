export type { Accounts } from './accounts.ts';
export { loadScenarioWorld, ScenarioError, type ScenarioWorld } from './scenario.ts';
export { type World, type WorldParts, worldParts, worldSchema } from './schema.ts';
