export {
  type ApprovalRequest,
  type ApprovalResult,
  approvalGate,
} from './approval-gate.ts';
export { approversOf } from './approvers.ts';
export { type ApprovalQuestion, type ChainLink, type Judgement, judgeApprovals } from './judge.ts';
export {
  approvalMatrix,
  approvalRoles,
  type ChangeType,
  changeTypes,
  type Matrix,
  matrixProblems,
  quorumFor,
} from './matrix.ts';
export type { Review, ReviewHistory } from './ports.ts';
export { assign, type Quorum, type Roles } from './quorum.ts';
