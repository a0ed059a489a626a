export { noticeFields } from './fields.ts';
export { gatesInShort, whatGatesFound } from './gates.ts';
export {
  clipped,
  facts,
  headline,
  incidentKey,
  type Notice,
  type Occasion,
  occasions,
} from './notice.ts';
export { type Channel, type Told, tellAll } from './tell.ts';
