export { dynamoSchema } from './definition.ts';
export { createDynamoDbService } from './service.ts';
