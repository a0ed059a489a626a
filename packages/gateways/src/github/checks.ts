import type { CommitChecks } from '@promo-actions/core/quality';
import { everyPage, type GitHub, ownerAndName } from './client.ts';
import { asking } from './errors.ts';

/** The check runs of a repository's commits. `name` is `owner/name`. */
export function createCommitChecks(github: GitHub, name: string): CommitChecks {
  const at = ownerAndName(name);
  return {
    async runs(commit) {
      const question = {
        what: `The check runs of ${commit} of ${name} could not be read`,
        permission: 'checks: read',
      };
      const runs = await asking(question, () =>
        everyPage(async (page) => {
          const { data, headers } = await github('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
            ...at,
            ref: commit,
            filter: 'latest',
            per_page: 100,
            page,
          });
          return { data: data.check_runs, headers };
        }),
      );
      return runs.map((run) => ({
        name: run.name,
        status: run.status,
        conclusion: run.conclusion ?? undefined,
        url: run.html_url ?? run.url,
      }));
    },
  };
}
