import type { Approval, JobResult } from '../result/index.ts';
import type { Environment, Person } from '../scenario/index.ts';
import type { Setting } from '../setting/index.ts';

/** A run waits at most so long for reviewers. Days. */
const PATIENCE_DAYS = 30;

export type Admission = 'approved' | 'rejected' | 'cancelled';

/** The scenario's protection of an environment; GitHub does not mind capitals in its name. */
export function protectionOf(setting: Setting, environment: string): Environment | undefined {
  const found = Object.entries(setting.scenario.environments).find(
    ([name]) => name.toLowerCase() === environment.toLowerCase(),
  );
  return found?.[1];
}

/** Holds a job until its environment lets it in: the wait timer, then one reviewer of the environment. */
export async function admit(setting: Setting, job: JobResult, environment: string): Promise<Admission> {
  const protection = protectionOf(setting, environment);
  if (!protection) return 'approved';
  const { time, stop } = setting;
  const asked = time.now();
  if (protection['wait-timer'] > 0) {
    job.notes.push(
      `waited ${protection['wait-timer'] / 60_000} minutes, as the environment ${environment} wants`,
    );
    if (!(await time.until(asked + protection['wait-timer'], stop))) return 'cancelled';
  }
  if (protection.reviewers.length === 0) return 'approved';
  job.status = 'approval';
  setting.observer.jobChanged?.(job);
  const person = firstToAnswer(setting, job, environment, protection);
  if (!person) {
    job.notes.push(
      `nobody who may review ${environment} answered (its reviewers: ${protection.reviewers.join(', ')}), so GitHub would give up after ${PATIENCE_DAYS} days`,
    );
    return 'rejected';
  }
  if (!(await time.until(asked + person.after, stop))) return 'cancelled';
  const approval: Approval = {
    environment,
    login: person.login,
    answer: person.answer,
    comment: person.comment,
    at: time.now(),
  };
  job.approvals.push(approval);
  await setting.tellApproval(approval);
  job.notes.push(
    `${person.login} ${person.answer} ${environment}${person.comment ? `: ${person.comment}` : ''}`,
  );
  return person.answer;
}

function firstToAnswer(
  setting: Setting,
  job: JobResult,
  environment: string,
  protection: Environment,
): Person | undefined {
  const { people, actor } = setting.scenario;
  const asked = people.filter((person) => person.environment.toLowerCase() === environment.toLowerCase());
  const may = asked.filter((person) => {
    const self = protection['prevent-self-review'] && person.login === actor;
    if (self)
      job.notes.push(`${person.login} started the run, so GitHub does not let them review ${environment}`);
    return !self;
  });
  return may.sort((left, right) => left.after - right.after)[0];
}
