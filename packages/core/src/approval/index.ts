export { type ApprovalRequest, approvalGate } from './approval-gate.ts';
export { approversOf } from './approvers.ts';
export { type ApprovalQuestion, type Judgement, judgeApprovals } from './judge.ts';
export {
  approvalMatrix,
  approvalRoles,
  changeTypes,
  type Matrix,
  matrixProblems,
  quorumFor,
} from './matrix.ts';
export type { Review, ReviewHistory } from './ports.ts';
export { assign, type Roles } from './quorum.ts';
