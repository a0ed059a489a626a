export { createSlackChannel } from './channel.ts';
