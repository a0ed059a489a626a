import type { InputDefinition, InputType, SecretDefinition, Template } from './model.ts';
import { entries, field, text, texts } from './tokens.ts';

const inputTypes: readonly InputType[] = ['string', 'boolean', 'number', 'choice', 'environment'];

export function readInputs(token: Template | undefined): InputDefinition[] {
  return entries(token).map(([name, body]) => {
    const written = text(field(body, 'type'));
    const fallback = field(body, 'default');
    return {
      name,
      type: inputTypes.find((type) => type === written) ?? 'string',
      required: text(field(body, 'required')) === 'true',
      ...(fallback ? { default: fallback } : {}),
      options: texts(field(body, 'options')),
    };
  });
}

export function readSecrets(token: Template | undefined): SecretDefinition[] {
  return entries(token).map(([name, body]) => ({ name, required: text(field(body, 'required')) === 'true' }));
}

export function readOutputs(token: Template | undefined): (readonly [string, Template])[] {
  return entries(token).flatMap(([name, body]) => {
    const value = field(body, 'value');
    return value ? [[name, value] as const] : [];
  });
}
