export { createTopicChannel, type TopicOptions } from './channel.ts';
