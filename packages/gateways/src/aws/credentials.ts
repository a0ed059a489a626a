import { fromEnv } from '@aws-sdk/credential-provider-env';
import { CredentialsProviderError, chain, memoize } from '@smithy/core/config';

type Credentials = ReturnType<typeof fromEnv>;

const expiresWithin = 300_000;

/**
 * Where a job finds its AWS credentials, in order: the environment, as configure-aws-credentials leaves it; a web identity
 * token file (runners in Kubernetes); the container's or the instance's role (runners on AWS). Profiles, SSO and the
 * like belong to people's machines; leaving them out makes every action's bundle about 60 KB smaller. The build puts
 * this in the place of the SDK's own `@aws-sdk/credential-provider-node`.
 */
export function defaultProvider(): Credentials {
  return memoize(
    chain(fromEnv(), fromTokenFile, fromMachine),
    ({ expiration }) => expiration !== undefined && expiration.getTime() - Date.now() < expiresWithin,
    ({ expiration }) => expiration !== undefined,
  );
}

const fromTokenFile: Credentials = async () => {
  const provider = await import('@aws-sdk/credential-provider-web-identity');
  return provider.fromTokenFile()();
};

const fromMachine: Credentials = async () => {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI } = process.env;
  if (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || AWS_CONTAINER_CREDENTIALS_FULL_URI) {
    const { fromHttp } = await import('@aws-sdk/credential-provider-http');
    return fromHttp()();
  }
  if (process.env.AWS_EC2_METADATA_DISABLED === 'true') {
    throw new CredentialsProviderError('the instance metadata service is disabled');
  }
  const { fromInstanceMetadata } = await import('@smithy/credential-provider-imds');
  return fromInstanceMetadata()();
};
