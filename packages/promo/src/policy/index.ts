export { policyCommand } from './command.ts';
export { checkPolicyFile, type PolicyFile } from './file.ts';
