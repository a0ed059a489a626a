export { type GitHubDefinition, githubSchema } from './definition.ts';
export { createGitHubService, type GitHubDependencies, gitHubOperations } from './service.ts';
