import { createHash, randomBytes } from 'node:crypto';
import type { Approval } from '../result/index.ts';
import type { Scenario } from '../scenario/index.ts';
import type { Repository } from '../setting/index.ts';

/** What only the rehearsal knows, told to the sandbox's GitHub; and what that knows, asked. */
export interface GitHubVoice {
  /** Makes a token known, with what it may do: `read`, `write`, or a level for each scope. */
  grant(token: string, permissions: string | Readonly<Record<string, string>>): Promise<void>;
  approve(runId: number, approval: Approval): Promise<void>;
  /** The commit that a branch or tag names; undefined when there is none. */
  commit(repository: string, ref: string): Promise<string | undefined>;
}

/** The faults of the scenario's story are not for the rehearsal's own words. */
const spared = { 'x-sandbox-faults': 'none' };

export function createGitHubVoice(url: string): GitHubVoice {
  const tell = async (what: string, body: unknown) => {
    const answer = await fetch(new URL(`/_sandbox/github/${what}`, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...spared },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`The sandbox's GitHub did not take ${what}: ${await answer.text()}`);
  };
  return {
    grant: (token, permissions) => tell('tokens', { token, permissions }),
    approve: (runId, { environment, answer, login, comment }) =>
      tell('approvals', { run_id: runId, environment, state: answer, user: login, comment }),
    async commit(repository, ref) {
      const token = newToken();
      await tell('tokens', { token, permissions: { contents: 'read' } });
      const path = `/github/repos/${repository}/commits/${encodeURIComponent(ref)}`;
      const answer = await fetch(new URL(path, url), {
        headers: { authorization: `Bearer ${token}`, ...spared },
      });
      const { sha } = answer.ok ? ((await answer.json()) as { sha?: unknown }) : {};
      return typeof sha === 'string' ? sha : undefined;
    },
  };
}

export function newToken(): string {
  return `ghs_${randomBytes(18).toString('hex')}`;
}

/** The repository as the scenario's world has it; where it has none, one by a name that nobody has. */
export async function describeRepository(scenario: Scenario, gitHub: GitHubVoice): Promise<Repository> {
  const world = (scenario.world.github ?? {}) as Readonly<Record<string, unknown>>;
  const text = (name: string, otherwise: string) =>
    typeof world[name] === 'string' ? world[name] : otherwise;
  const name = text('repository', 'example/repository');
  const defaultBranch = text('default-branch', 'main');
  const tags = Object.keys((world.tags ?? {}) as Readonly<Record<string, unknown>>);
  const short = scenario.ref ?? defaultBranch;
  const ref = short.startsWith('refs/') ? short : `refs/${tags.includes(short) ? 'tags' : 'heads'}/${short}`;
  const known = await gitHub.commit(name, ref.replace(/^refs\/(heads|tags)\//, ''));
  return {
    name,
    defaultBranch,
    ref,
    sha: known ?? createHash('sha1').update(`${name} ${ref}`).digest('hex'),
  };
}
