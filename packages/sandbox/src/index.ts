export type { Fault, JournalEntry } from './kernel/index.ts';
export { faultSchema } from './kernel/index.ts';
export { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts';
export { type World, worldSchema } from './world/index.ts';
