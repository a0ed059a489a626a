export { type Appended, append, mendedHead, readHead } from './append.ts';
export { type Audit, auditChain } from './audit.ts';
export { type Anchor, type Flaw, verifyChain } from './chain.ts';
export { closeDeployment, type Ending } from './close.ts';
export { gateReports } from './gates.ts';
export { type Current, type Head, headId } from './head.ts';
export { history, lastGood, lastRecords } from './history.ts';
export { parameterNames, parameterPrefix } from './parameters.ts';
export {
  type Attributes,
  actions,
  type Chain,
  type Component,
  canonicalJson,
  type DeploymentAction,
  type DeploymentRecord,
  type DeploymentStatus,
  type Draft,
  hashOf,
  recordId,
  recordOf,
  statuses,
} from './record.ts';
export { type Recorded, type RecordOrder, type RecordPorts, recordDeployment } from './record-deployment.ts';
export { renderRecord } from './render.ts';
export type { DeploymentBoard, ParameterStore, RecordStore, ShownDeployment } from './store.ts';
