export { createSnsService, topicSchema } from './service.ts';
