export { githubSchema } from './definition.ts';
export { createGitHubService, gitHubOperations } from './service.ts';
