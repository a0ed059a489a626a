import type { ReviewHistory } from '@promo-actions/core/approval';
import { type GitHub, ownerAndName } from './client.ts';
import { asking } from './errors.ts';

/** The reviews of a repository's runs. `name` is `owner/name`. */
export function createReviewHistory(github: GitHub, name: string): ReviewHistory {
  return {
    async reviews(runId) {
      const question = {
        what: `The reviews of run ${runId} of ${name} could not be read`,
        permission: 'actions: read',
      };
      const { data } = await asking(question, () =>
        github('GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals', {
          ...ownerAndName(name),
          run_id: Number(runId),
        }),
      );
      return data.map((review) => ({
        environments: review.environments.map((environment) => environment.name ?? ''),
        state: review.state,
        login: review.user.login,
        comment: review.comment,
      }));
    },
  };
}
