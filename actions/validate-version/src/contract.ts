import { defineContract, flag, oneOf, text } from '@promo-actions/core/action';

export const contract = defineContract({
  name: 'validate-version',
  kind: 'gate',
  description: 'Checks the version that is asked for before anything is touched.',
  inputs: {
    version: text('The version to promote, with its leading `v`: `v1.2.3`.', { required: true }),
    kind: oneOf(['new', 'existing', 'promoted'], 'What must be true of it.', { default: 'existing' }),
    'allow-older': flag('x', { default: 'false' }),
  },
  outputs: { version: 'The version.', 'release-branch': 'Its release branch.' },
  permissions: { github: { contents: 'read' } },
  example: { version: 'v1.4.0' },
});
