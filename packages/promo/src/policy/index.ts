export { policyCommand } from './command.ts';
export { checkPolicyFile, type PolicyFile, usualPolicy } from './file.ts';
export { requireKnown } from './known.ts';
