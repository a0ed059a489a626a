import { type Clock, formatInstant } from '../clock/index.ts';
import { oneLine } from '../foreign-text/index.ts';
import { decide, type Finding, type GateReport, type Subject } from '../gate/index.ts';
import { type ApprovalQuestion, type ChainLink, judgeApprovals } from './judge.ts';
import type { ReviewHistory } from './ports.ts';

export interface ApprovalRequest extends ApprovalQuestion {
  readonly runId: string;
  /** Requesters that the caller named, beside whoever started the run. */
  readonly named: boolean;
  readonly subject: Subject;
}

export interface ApprovalResult {
  readonly report: GateReport;
  readonly approvers: readonly string[];
  readonly chain: readonly ChainLink[];
}

/** Whether the people who must approve a change did, by the history of its run: the gate `approval-gate`. */
export async function approvalGate(
  request: ApprovalRequest,
  history: ReviewHistory,
  clock: Clock,
): Promise<ApprovalResult> {
  const { findings, approvers, chain } = judgeApprovals(request, await history.reviews(request.runId));
  const approvals = chain.filter(({ state }) => state === 'approved').map(said);
  const all = [...findings, ...approvals, ...requesterKnown(request)];
  return {
    report: {
      gate: 'approval-gate',
      decision: decide(all),
      subject: request.subject,
      at: formatInstant(clock.now()),
      findings: all,
    },
    approvers,
    chain,
  };
}

/** An approval as it was given, so that the record has the whole chain; rejections are findings of their own. */
function said({ environment, login, comment, role }: ChainLink): Finding {
  const place = oneLine(environment);
  const words = comment ? `, and said "${comment}"` : '';
  return {
    check: 'review',
    outcome: 'info',
    subject: place,
    seen: `approved by ${login}`,
    message: `${login} approved ${place}${role ? ` as ${oneLine(role)}` : ''}${words}.`,
  };
}

/** An app starts a run for somebody, and who that was is not to be seen: nobody could tell a self-approval. */
function requesterKnown({ requesters, named, quorum }: ApprovalRequest): readonly Finding[] {
  const apps = requesters.filter((name) => name.endsWith('[bot]'));
  if (named || apps.length === 0 || quorum.size === 0) return [];
  return [
    {
      check: 'requester',
      outcome: 'hold',
      subject: apps.join(', '),
      seen: 'an app',
      limit: 'a person',
      message: `The run was started by ${apps.join(', ')}, so who asked for this change is not known, and could have approved it.`,
      remedy: 'Name who asked in `requesters`; if nobody did, name the app.',
    },
  ];
}
