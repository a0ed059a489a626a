export {
  type Fault,
  faultSchema,
  type InjectedFault,
  type JournalEntry,
  type WatchedCall,
  type Watcher,
} from './kernel/index.ts';
export { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';
export {
  type Place,
  readScenarioFile,
  type ScenarioData,
  UnreadableScenario,
  WorldMistake,
} from './scenario-file/index.ts';
export { durationSchema, timeSchema } from './units/index.ts';
export {
  loadScenarioWorld,
  ScenarioError,
  type ScenarioWorld,
  type World,
  worldSchema,
} from './world/index.ts';
