export { loadScenario, type ScenarioFile } from './load.ts';
export type { Environment, Expect, Incident, Person, Scenario } from './schema.ts';
