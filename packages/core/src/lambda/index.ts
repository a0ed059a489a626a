export { changedBefore } from './changed.ts';
export { aliasInput, codeSha256Input, functionInput, versionInput, wrongFunctions } from './inputs.ts';
export { type MemoryAliasStore, memoryAliasStore, publishedVersion } from './memory.ts';
export { aliasMissing, functionMissing, versionMissing } from './missing.ts';
export type {
  Alias,
  AliasChange,
  AliasStore,
  CodeSource,
  FunctionInvoker,
  FunctionStore,
  FunctionVersion,
  Invocation,
} from './ports.ts';
export { ready, readyOrRefuse } from './ready.ts';
export { answersTo } from './release.ts';
export { settled, untilTraffic } from './settle.ts';
export { describeTraffic, sameTraffic, type Traffic } from './traffic.ts';
export { type Patience, pauseFor, until } from './wait.ts';
export { writeAlias } from './write.ts';
