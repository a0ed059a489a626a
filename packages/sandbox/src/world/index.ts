export { type Accounts, accountsSchema } from './accounts.ts';
export { type World, type WorldParts, worldParts, worldSchema } from './schema.ts';
