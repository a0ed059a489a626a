import { pipe, rawTransform, string } from 'valibot';
import { json } from '../action/index.ts';
import { expectedPlan, NoPlan, type Plan, parsePlan } from './rollout-plan.ts';

const plan = pipe(
  string(),
  rawTransform<string, Plan>(({ dataset, addIssue, NEVER }) => {
    try {
      return parsePlan(dataset.value);
    } catch (error) {
      if (!(error instanceof NoPlan)) throw error;
      addIssue({ message: error.message });
      return NEVER;
    }
  }),
);

/** An input that is a rollout's plan. The policy may give it as a list of steps. */
export function planInput<const O extends { readonly required?: true; readonly default?: string }>(
  description: string,
  options: O,
) {
  const input = json(plan, expectedPlan, description, options);
  return { ...input, structured: false, parse: (text: string) => input.parse(JSON.stringify(text)) };
}
