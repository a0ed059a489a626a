import { findTenant, listTenants } from './tenants.mjs';

const version = 'v1.4.0';

/** Answers API Gateway (HTTP API) events, and `{"path": "/health"}` invoked by hand. */
export async function handler(event) {
  const path = event.rawPath ?? event.path ?? '/';
  if (path === '/health') return health();
  if (path === '/tenants') return answer(200, listTenants(filters(event.queryStringParameters)));
  const [, id] = /^\/tenants\/([a-z0-9-]+)$/.exec(path) ?? [];
  const tenant = id && findTenant(id);
  return tenant ? answer(200, tenant) : answer(404, { message: `nothing at ${path}` });
}

/** Healthy is only who has been told where the tenants are. */
function health() {
  const ready = Boolean(process.env.TENANTS_TABLE);
  return answer(ready ? 200 : 503, { status: ready ? 'ok' : 'TENANTS_TABLE is not set', version });
}

function filters({ plan, active } = {}) {
  return { plan, active: active === undefined ? undefined : active === 'true' };
}

function answer(statusCode, body) {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
