import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { checkPolicy, type PolicyCheck } from '@promo-actions/core/action';
import { flagMistake } from '@promo-actions/rehearsal';
import { contracts } from '../contracts/index.ts';

/** Where a repository has its policy. */
export const usualPolicy = join('.github', 'promotion.yml');

export interface PolicyFile extends PolicyCheck {
  /** As messages name it: from here. */
  readonly file: string;
}

/** A policy held against every action's contract; the repository's own when none is named. */
export function checkPolicyFile(repository: string, named: string | undefined): PolicyFile {
  const path = named === undefined ? join(repository, usualPolicy) : resolve(named);
  const file = relative(process.cwd(), path) || path;
  if (!existsSync(path) || !statSync(path).isFile()) {
    const advice = named === undefined ? '; name the repository by --repo, or the file' : '';
    throw flagMistake(`there is no policy ${file}${advice}`);
  }
  return { file, ...checkPolicy(readFileSync(path, 'utf8'), file, contracts) };
}
