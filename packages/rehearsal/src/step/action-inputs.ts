import { asText, asTexts, type Scope } from '../expression/index.ts';
import type { StepLog } from '../setting/index.ts';
import type { ActionInput, ActionStep } from '../workflow/index.ts';

/** What the action gets: the step's `with` over the defaults of its manifest. Names are the manifest's. */
export function actionInputs(
  step: ActionStep,
  declared: readonly ActionInput[],
  scope: Scope,
  log: StepLog,
): Record<string, string> {
  const given = asTexts(step.with, scope);
  const inputs: Record<string, string> = {};
  for (const input of declared) {
    if (input.default) inputs[input.name] = asText(input.default, scope);
  }
  for (const [name, value] of Object.entries(given)) {
    const input = declared.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (input?.deprecation)
      log.annotate('warning', `Input '${name}' has been deprecated: ${input.deprecation}`);
    inputs[input?.name ?? name] = value;
  }
  const unexpected = Object.keys(inputs).filter((name) => !declared.some((input) => input.name === name));
  if (unexpected.length > 0) {
    const valid = declared.map((input) => `'${input.name}'`).join(', ');
    log.annotate(
      'warning',
      `Unexpected input(s) ${unexpected.map((name) => `'${name}'`).join(', ')}, valid inputs are [${valid}]`,
    );
  }
  return inputs;
}

/** `INPUT_NAME` variables, as the runner names them. */
export function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value,
    ]),
  );
}
