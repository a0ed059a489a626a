import { formatInstant } from '../clock/index.ts';
import type { Override } from '../gate/index.ts';

/** Whether the approvers are claimed by an input, or were seen in the reviews of the run. */
export type Approvals = 'claimed' | 'seen';

/** An emergency, as it is claimed: to promote one version to one environment outside of the window. */
export interface Emergency {
  readonly ticket: string;
  readonly reason: string;
  /** Logins of who approved it. */
  readonly approvers: readonly string[];
  readonly approvals: Approvals;
  readonly environment: string;
  readonly version: string;
  /** Epoch milliseconds from which on it counts no more. */
  readonly expires: number;
}

/** An override with its scope, so that the record says what it was for. */
export interface ScopedOverride extends Override {
  readonly approvals: Approvals;
  readonly environment: string;
  readonly version: string;
  /** ISO 8601 in UTC. */
  readonly expires: string;
}

const requiredApprovers = 2;

/** An override is for the emergency at hand, not a standing permit. */
const longestOverride = 24 * 3_600_000;

/** The override that the emergency amounts to at an instant, or every reason why it is none. Apps are no people. */
export function grantOverride(
  emergency: Emergency,
  requesters: readonly string[],
  at: number,
): { readonly override: ScopedOverride } | { readonly problems: readonly string[] } {
  const asking = new Set(requesters.map(login).filter(Boolean));
  const people = [...new Set(emergency.approvers.map(login))].filter((name) => name && !isApp(name));
  const approvers = people.filter((name) => !asking.has(name));
  const problems: string[] = [];
  const apps = [...asking].filter(isApp);
  // It asks for somebody, who could be one of those that approved.
  if (apps.length > 0)
    problems.push(
      `it was asked for by ${apps.join(', ')}, so which person asks is not known: say it in \`requester\``,
    );
  if (emergency.reason.trim().length === 0) problems.push('it gives no reason');
  if (approvers.length < requiredApprovers) {
    const own = emergency.approvers.some((name) => asking.has(login(name)));
    const counted = approvers.length === 0 ? 'nobody' : `only ${approvers.join(', ')}`;
    problems.push(
      `it needs ${requiredApprovers} people other than the requester, and has ${counted}${own ? ' (who asks cannot approve)' : ''}`,
    );
  }
  const expires = formatInstant(emergency.expires);
  if (emergency.expires <= at) problems.push(`it expired at ${expires}`);
  else if (emergency.expires > at + longestOverride)
    problems.push(`it would last until ${expires}, and an override lasts 24 hours at most`);
  if (problems.length > 0) return { problems };
  const { ticket, reason, approvals, environment, version } = emergency;
  return { override: { ticket, reason, approvers, approvals, environment, version, expires } };
}

function isApp(name: string): boolean {
  return name.endsWith('[bot]');
}

/** GitHub's logins know no capitals; people write them with an `@`. */
function login(name: string): string {
  return name.trim().replace(/^@/, '').toLowerCase();
}
