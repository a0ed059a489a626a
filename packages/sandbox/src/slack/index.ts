export { createSlackService, type SlackDefinition, slackSchema } from './service.ts';
