import { OutsideError } from '../errors/index.ts';

/** Remedy for a function that AWS does not know. */
export function functionMissing(functionName: string): string {
  return `Check the name \`${functionName}\`, the account and the region; \`aws lambda list-functions --query 'Functions[].FunctionName'\` lists what is there`;
}

/** The error for an alias that the function does not have; says how to create it. */
export function aliasMissing(functionName: string, alias: string, what: string): OutsideError {
  return new OutsideError({
    what,
    why: `function \`${functionName}\` has no alias \`${alias}\``,
    remedy: `List its aliases with \`aws lambda list-aliases --function-name ${functionName}\`; create it once with \`aws lambda create-alias --function-name ${functionName} --name ${alias} --function-version N\``,
  });
}

/** The error for a version that the function does not have. */
export function versionMissing(functionName: string, version: string, what: string): OutsideError {
  return new OutsideError({
    what,
    why: `function \`${functionName}\` has no version ${version}`,
    remedy: `List what is published with \`aws lambda list-versions-by-function --function-name ${functionName} --query 'Versions[].Version'\`; deploy-lambda publishes one`,
  });
}
