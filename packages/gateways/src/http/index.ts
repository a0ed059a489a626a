export { type Fetch, type RetryOptions, retryingFetch } from './retry.ts';
export { requestId } from './verdict.ts';
