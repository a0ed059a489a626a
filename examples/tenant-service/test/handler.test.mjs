import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handler } from '../src/index.mjs';

const get = async (rawPath, queryStringParameters) => {
  const { statusCode, body } = await handler({ rawPath, queryStringParameters });
  return { statusCode, body: JSON.parse(body) };
};

test('it says that it is healthy, and which version it is', async () => {
  process.env.TENANTS_TABLE = 'tenants';
  assert.deepEqual(await get('/health'), { statusCode: 200, body: { status: 'ok', version: 'v1.4.0' } });
});

test('without its table it says what is missing', async () => {
  delete process.env.TENANTS_TABLE;
  assert.deepEqual(await get('/health'), {
    statusCode: 503,
    body: { status: 'TENANTS_TABLE is not set', version: 'v1.4.0' },
  });
});

test('tenants are listed, and filtered by plan and activity', async () => {
  assert.equal((await get('/tenants')).body.length, 3);
  assert.deepEqual(
    (await get('/tenants', { plan: 'starter' })).body.map(({ id }) => id),
    ['initech'],
  );
  assert.deepEqual(
    (await get('/tenants', { active: 'true' })).body.map(({ id }) => id),
    ['acme', 'globex'],
  );
});

test('one tenant is found by its id, and what is not there is a 404', async () => {
  assert.equal((await get('/tenants/acme')).body.name, 'Acme Ltd');
  assert.equal((await get('/tenants/nobody')).statusCode, 404);
  assert.equal((await get('/elsewhere')).statusCode, 404);
});
