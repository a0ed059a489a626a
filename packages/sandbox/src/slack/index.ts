export { createSlackService, slackSchema } from './service.ts';
