export { cborAnswer, cborBody, cborFailure, cborOperation, isCbor } from './cbor.ts';
export { createControl } from './control.ts';
export { parseDuration } from './duration.ts';
export { type Fault, Faults, faultSchema, type InjectedFault } from './faults.ts';
export { Journal, type JournalEntry } from './journal.ts';
export { type JsonObject, jsonAnswer, jsonBody, jsonFailure, targetOperation, WireError } from './json.ts';
export {
  escapeXml,
  formTree,
  queryAction,
  queryForm,
  type XmlValue,
  xmlAnswer,
  xmlFailure,
  xmlMembers,
} from './query.ts';
export { type Random, seededRandom, seededUuid } from './random.ts';
export { createRouter } from './router.ts';
export { type Caller, createKernel } from './server.ts';
export type { Answer, Exchange, Service } from './service.ts';
export { signatureScope } from './signature.ts';
export { Watch, type WatchedCall, type Watcher } from './watcher.ts';
