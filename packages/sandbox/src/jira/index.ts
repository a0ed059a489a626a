export { type JiraDefinition, jiraSchema } from './definition.ts';
export { createJiraService, type JiraDependencies, jiraOperations } from './service.ts';
