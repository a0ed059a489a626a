import { oneLine } from '../foreign-text/index.ts';
import type { Finding } from '../gate/index.ts';
import { describeQuorum } from './matrix.ts';
import type { Review } from './ports.ts';
import { assign, isIn, loginOf, peopleIn, type Quorum, type Roles } from './quorum.ts';

export interface ApprovalQuestion {
  readonly quorum: Quorum;
  readonly roles: Roles;
  /** The GitHub environments whose reviews count. */
  readonly environments: readonly string[];
  /** Everybody who asked for the change; none of them can approve it. */
  readonly requesters: readonly string[];
  readonly runUrl: string;
}

/** One answer of one person for one environment, as the record keeps it. */
export interface ChainLink {
  readonly environment: string;
  readonly login: string;
  readonly state: Review['state'];
  readonly comment: string;
  /** The role that this person stood for; absent where the answer does not count. */
  readonly role?: string;
}

export interface Judgement {
  readonly findings: readonly Finding[];
  /** The people that the quorum is made of. */
  readonly approvers: readonly string[];
  readonly chain: readonly ChainLink[];
}

/**
 * Whether enough people of each role approved, nobody for two roles, none of them who asked. A rejection stands for the whole run: GitHub
 * keeps it in the history when the run is run again.
 */
export function judgeApprovals(question: ApprovalQuestion, reviews: readonly Review[]): Judgement {
  const { quorum, roles, environments, requesters } = question;
  const counts = new Set(environments.map((name) => name.toLowerCase()));
  const answers = reviews.flatMap(({ environments: answered, state, login, comment }) =>
    answered.map((environment) => ({ environment, state, login, comment: oneLine(comment) })),
  );
  const relevant = answers.filter(({ environment }) => counts.has(environment.toLowerCase()));
  const asking = new Set(requesters.map(loginOf));
  const approving = relevant.filter(({ state }) => state === 'approved').map(({ login }) => loginOf(login));
  const seated = assign(
    quorum,
    roles,
    approving.filter((person) => !asking.has(person)),
  );
  const roleOf = (person: string) => [...seated].find(([, people]) => people.includes(loginOf(person)))?.[0];

  const rejections = answers.filter(({ state }) => state === 'rejected').map(rejection);
  const selves = [...new Set(approving.filter((person) => asking.has(person)))].map(ownApproval);
  const idle = [...new Set(approving)].filter(
    (person) => !asking.has(person) && roleOf(person) === undefined,
  );
  return {
    findings: [
      ...rejections,
      ...(quorum.size === 0 ? [nobodyNeeded()] : []),
      ...[...quorum].map(([role, count]) =>
        roleFinding(question, role, count, seated.get(role) ?? [], relevant),
      ),
      ...selves,
      ...idle.map((person) => uncounted(person, question)),
    ],
    approvers: [...seated.values()].flat(),
    chain: relevant.map((answer) => {
      const role = answer.state === 'approved' ? roleOf(answer.login) : undefined;
      return role === undefined ? answer : { ...answer, role };
    }),
  };
}

type Answer = Omit<ChainLink, 'role'>;

function rejection({ environment, login, comment }: Answer): Finding {
  return {
    check: 'rejection',
    outcome: 'fail',
    subject: oneLine(environment),
    seen: `rejected by ${login}`,
    limit: 'none',
    message: `${login} rejected ${oneLine(environment)}${comment ? `: ${comment}` : ''}.`,
    remedy: 'Settle it with them, and start a new run: in this one the rejection stays.',
  };
}

function nobodyNeeded(): Finding {
  return {
    check: 'approvals',
    outcome: 'pass',
    seen: 'none needed',
    limit: 'nobody',
    message: 'The matrix asks nobody to approve this change here.',
  };
}

function roleFinding(
  question: ApprovalQuestion,
  role: string,
  needed: number,
  people: readonly string[],
  answers: readonly Answer[],
): Finding {
  const common = {
    check: `approval by ${oneLine(role)}`,
    seen: people.join(', ') || 'nobody',
    limit: needed === 1 ? '1 person' : `${needed} people`,
  };
  if (people.length >= needed)
    return { ...common, outcome: 'pass', message: `${people.join(' and ')} approved as ${oneLine(role)}.` };
  const waiting = question.environments.filter((name) => isPending(name, answers));
  const missing = needed - people.length;
  const message = `${missing} approval${missing === 1 ? ' is' : 's are'} missing: ${oneLine(role)} needs ${needed} and has ${common.seen}.${inVain(question, role, answers)}`;
  const candidates = candidatesFor(question, role, people);
  if (waiting.length > 0)
    return {
      ...common,
      outcome: 'hold',
      message: `${message} Not answered yet: ${waiting.map(oneLine).join(', ')}.`,
      remedy: `Ask ${candidates} to review at ${question.runUrl}, then run this job again.`,
    };
  return { ...common, outcome: 'fail', message, remedy: remedyFor(question, answers, candidates) };
}

/** Who approved without it counting for the role: because they asked, or have none of the roles. */
function inVain(
  { quorum, roles, requesters }: ApprovalQuestion,
  role: string,
  answers: readonly Answer[],
): string {
  const asking = new Set(requesters.map(loginOf));
  const people = answers.filter(({ state }) => state === 'approved').map(({ login }) => loginOf(login));
  const notes = [...new Set(people)].flatMap((person) => {
    if (isIn(roles, role, person) && asking.has(person)) return [`${person} asked for this change`];
    return [...quorum.keys()].some((each) => isIn(roles, each, person)) ? [] : [`${person} has no such role`];
  });
  return notes.length === 0 ? '' : ` Not counted: ${notes.join(', ')}.`;
}

function isPending(environment: string, answers: readonly Answer[]): boolean {
  const own = answers.filter((answer) => answer.environment.toLowerCase() === environment.toLowerCase());
  return own.some(({ state }) => state === 'pending') && !own.some(({ state }) => state === 'approved');
}

function remedyFor(
  { environments, quorum }: ApprovalQuestion,
  answers: readonly Answer[],
  candidates: string,
): string {
  const silent = environments.filter(
    (name) => !answers.some((answer) => answer.environment.toLowerCase() === name.toLowerCase()),
  );
  if (silent.length > 0)
    return `Nobody was asked about ${silent.map(oneLine).join(', ')}: give the environment required reviewers, and a job before this one that uses it.`;
  if (environments.length < peopleIn(quorum))
    return `GitHub lets one reviewer answer for an environment, and ${describeQuorum(quorum)} must approve: have an environment for each of them, in jobs before this one, all named in \`approval-environments\`.`;
  return `Start a new run and have ${candidates} review it.`;
}

/** Who could still give it. */
function candidatesFor(
  { roles, requesters }: ApprovalQuestion,
  role: string,
  people: readonly string[],
): string {
  const asking = new Set(requesters.map(loginOf));
  const free = (roles.get(role) ?? []).filter((name) => {
    const person = loginOf(name);
    return !asking.has(person) && !people.includes(person);
  });
  return free.length > 0 ? free.map(oneLine).join(' or ') : `somebody else who is ${oneLine(role)}`;
}

function ownApproval(person: string): Finding {
  return {
    check: 'self-approval',
    outcome: 'info',
    subject: person,
    seen: 'not counted',
    message: `${person} approved and asked for this change, so the approval does not count.`,
    remedy: 'Have somebody else review it.',
  };
}

function uncounted(person: string, { quorum, roles }: ApprovalQuestion): Finding {
  const has = [...quorum.keys()].some((role) => isIn(roles, role, person));
  return {
    check: 'approval',
    outcome: 'info',
    subject: person,
    seen: 'not counted',
    message: has
      ? `${person} approved, and enough others stand for the same role.`
      : `${person} approved and is none of ${describeQuorum(quorum)}, so the approval does not count.`,
    ...(has ? {} : { remedy: 'If they should be, add them to `roles`.' }),
  };
}
