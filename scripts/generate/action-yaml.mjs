import { stringify } from 'yaml';

const heading =
  '# Generated from src/contract.ts by `npm run generate`; change the contract, not this file.\n';

/**
 * The contract as GitHub reads it. Defaults stand in the descriptions and not under `default:`, because the runner
 * passes those as if the step had given them, and then the policy could never be asked.
 */
export function actionYaml(contract) {
  const runs = { using: 'node24', main: 'dist/index.js' };
  if (contract.postIf) Object.assign(runs, { post: 'dist/index.js', 'post-if': contract.postIf });
  const action = {
    name: `promo-actions ${contract.name}`,
    description: contract.description,
    inputs: mapValues(contract.inputs, inputYaml),
    outputs: mapValues(contract.outputs, (description) => ({ description })),
    runs,
  };
  return heading + stringify(action, { lineWidth: 120 });
}

function inputYaml(input) {
  const yaml = { description: describeInput(input) };
  if (input.options.required) yaml.required = true;
  if (input.options.context !== undefined) yaml.default = input.options.context;
  return yaml;
}

/** The description with the default that holds when neither the step nor the policy gives the input. */
export function describeInput(input) {
  const { default: fallback } = input.options;
  return fallback === undefined
    ? input.description
    : `${input.description} Default: ${fallback === '' ? 'empty' : `\`${fallback}\``}.`;
}

function mapValues(record, change) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
