export { createTopicChannel } from './channel.ts';
