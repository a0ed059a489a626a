export { append } from './append.ts';
export { type Audit, auditChain } from './audit.ts';
export { verifyChain } from './chain.ts';
export { closeDeployment, type Ending } from './close.ts';
export { gateReports } from './gates.ts';
export type { Head } from './head.ts';
export { history, lastRecords } from './history.ts';
export { parameterNames, parameterPrefix } from './parameters.ts';
export {
  type Attributes,
  actions,
  type Chain,
  type DeploymentAction,
  type DeploymentRecord,
  type DeploymentStatus,
  type Draft,
  hashOf,
  recordOf,
  statuses,
  tellsNoChange,
} from './record.ts';
export { type Recorded, type RecordOrder, recordDeployment } from './record-deployment.ts';
export { renderRecord } from './render.ts';
export type { ParameterStore, RecordStore } from './store.ts';
export { upToHead } from './up-to-head.ts';
