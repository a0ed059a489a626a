export { type GitHubDefinition, githubSchema } from './definition.ts';
export { createGitHubService, type GitHubDependencies } from './service.ts';
