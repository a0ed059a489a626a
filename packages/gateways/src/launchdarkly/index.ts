export { createLaunchDarkly, type LaunchDarkly, type LaunchDarklyOptions } from './client.ts';
export { createFlagSystem } from './flags.ts';
