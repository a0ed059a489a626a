import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { ParameterStore } from '@promo-actions/core/deployment';
import { OutsideError } from '@promo-actions/core/errors';
import { awsCall, clientOptions } from '../aws/index.ts';

/**
 * SSM's parameters as plain texts (`String`). A `SecureString` is refused when it is read: what is told here is no secret,
 * and its ciphertext would be taken for the value.
 */
export function createParameterStore(options: { readonly region?: string } = {}): ParameterStore {
  const client = new SSMClient(clientOptions(options));
  return {
    async get(name) {
      const call = {
        service: 'SSM',
        operation: 'GetParameter',
        what: `parameter \`${name}\` could not be read`,
      };
      const answer = await awsCall(
        call,
        () => client.send(new GetParameterCommand({ Name: name })),
        (code) => (code === 'ParameterNotFound' ? { Parameter: undefined } : undefined),
      );
      if (answer.Parameter?.Type === 'SecureString')
        throw new OutsideError({
          what: `Parameter \`${name}\` is a SecureString`,
          why: 'a deployed version is no secret, and is read without decryption',
          remedy: 'Give another `ssm-prefix`, or delete the parameter; it is written again as a String.',
        });
      return answer.Parameter?.Value;
    },
    async put(name, value) {
      const call = {
        service: 'SSM',
        operation: 'PutParameter',
        what: `parameter \`${name}\` could not be written`,
      };
      const command = new PutParameterCommand({ Name: name, Value: value, Type: 'String', Overwrite: true });
      await awsCall(call, () => client.send(command));
    },
  };
}
