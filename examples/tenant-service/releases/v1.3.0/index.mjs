import { findTenant, listTenants } from './tenants.mjs';

const version = 'v1.3.0';

/** Answers API Gateway (HTTP API) events, and `{"path": "/health"}` invoked by hand. */
export async function handler(event) {
  const path = event.rawPath ?? event.path ?? '/';
  if (path === '/health') return answer(200, { status: 'ok', version });
  if (path === '/tenants') return answer(200, listTenants());
  const [, id] = /^\/tenants\/([a-z0-9-]+)$/.exec(path) ?? [];
  const tenant = id && findTenant(id);
  return tenant ? answer(200, tenant) : answer(404, { message: `nothing at ${path}` });
}

function answer(statusCode, body) {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
