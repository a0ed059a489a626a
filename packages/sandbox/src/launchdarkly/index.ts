export { launchDarklySchema } from './definition.ts';
export { createLaunchDarklyService, launchDarklyOperations } from './service.ts';
