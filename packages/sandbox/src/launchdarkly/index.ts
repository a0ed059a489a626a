export { type LaunchDarklyDefinition, launchDarklySchema } from './definition.ts';
export {
  createLaunchDarklyService,
  type LaunchDarklyDependencies,
  launchDarklyOperations,
} from './service.ts';
