export { createSnsService, type SnsDependencies, type TopicDefinition, topicSchema } from './service.ts';
