export { jiraSchema } from './definition.ts';
export { createJiraService, jiraOperations } from './service.ts';
