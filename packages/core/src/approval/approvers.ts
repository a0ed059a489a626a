import type { Review } from './ports.ts';

/** The logins of who approved one of the environments in a run; nobody when one of them was rejected. */
export function approversOf(reviews: readonly Review[], environments: readonly string[]): readonly string[] {
  const counts = new Set(environments.map((name) => name.toLowerCase()));
  const answers = reviews.filter((review) =>
    review.environments.some((name) => counts.has(name.toLowerCase())),
  );
  if (answers.some(({ state }) => state === 'rejected')) return [];
  const approving = answers.filter(({ state }) => state === 'approved');
  return [...new Set(approving.map(({ login }) => login.toLowerCase()))];
}
