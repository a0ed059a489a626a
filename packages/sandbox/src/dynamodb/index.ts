export { dynamoSchema, type TableDefinition } from './definition.ts';
export { createDynamoDbService, type DynamoDbDependencies } from './service.ts';
