export { readJson, sendJson } from './json.ts';
export { type Fetch, retryingFetch } from './retry.ts';
export { requestId } from './verdict.ts';
