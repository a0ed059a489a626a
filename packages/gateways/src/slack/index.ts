export { createSlackChannel, type SlackOptions } from './channel.ts';
