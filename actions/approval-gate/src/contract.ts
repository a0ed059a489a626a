import { defineContract, list, oneOf, text } from '@promo-actions/core/action';
import { approvalMatrix, approvalRoles, changeTypes, matrixProblems } from '@promo-actions/core/approval';

export const contract = defineContract({
  name: 'approval-gate',
  kind: 'gate',
  description:
    'Lets a change go on only when the people who must approve it did, by the history of the run: so many of each role, nobody for two roles, none of them who asked, and nobody rejected. One reviewer is enough for a protected environment of GitHub, so have one environment for each approval, in jobs before this one, and run this in a job that needs them all: it looks who they were.',
  inputs: {
    'change-type': oneOf(changeTypes, 'What kind of change it is; who must approve depends on it.', {
      required: true,
    }),
    matrix: approvalMatrix(
      'Who must approve: change types, or `any`, to environments, or `any`, to roles. `[tech-lead, operations-lead]` asks for one person of each, `{ tech-lead: 2 }` for two, `[]` for nobody.',
    ),
    roles: approvalRoles('Who has which role: roles to logins of GitHub.'),
    'approval-environments': list(
      'The protected environments of GitHub whose reviews count. A rejection counts in every environment of the run.',
      { required: true },
    ),
    requesters: list(
      'Logins of further people who asked for the change, such as the author of its pull request. Who started the run, or ran it again, is always one. Needed when an app started it.',
    ),
    version: text('The version that is approved, for the record.'),
    token: text('The token that reads the reviews of the run.', {
      context: '${{ github.token }}',
      secret: true,
    }),
  },
  outputs: {
    approvers: 'Logins of the people whose approvals count, separated by commas.',
    chain:
      'Every review of the approval environments as JSON: environment, login, state, comment, and the role it counts for.',
  },
  permissions: { github: { actions: 'read' } },
  example: {
    environment: 'prod',
    'change-type': 'feature',
    matrix: 'feature: { prod: [tech-lead, operations-lead] }\nany: { sit: [tech-lead] }',
    roles: '{ tech-lead: [dev-lead, architect], operations-lead: [ops-lead] }',
    'approval-environments': 'prod-tech-lead, prod-operations-lead',
  },
  check: matrixProblems,
});
