export { createLaunchDarkly, type LaunchDarkly } from './client.ts';
export { createFlagSystem } from './flags.ts';
