import { expect, test } from '@jest/globals';
import * as v from 'valibot';
import { type Fault, Faults, faultSchema } from './faults.ts';
import { seededRandom } from './random.ts';

const services = () => ['lambda', 'ssm', 'sts'];

/** Which of the first eight calls a fault strikes, counted from 1. */
function struck(fault: Partial<Fault>): readonly number[] {
  const faults = new Faults(seededRandom(1), services);
  faults.inject({ service: 'lambda', operation: 'UpdateAlias', status: 500, ...fault });
  const calls = [1, 2, 3, 4, 5, 6, 7, 8];
  return calls.filter(() => faults.strike('lambda', 'UpdateAlias', '111111111111') !== undefined);
}

test.each([
  [{}, [1, 2, 3, 4, 5, 6, 7, 8]],
  [{ nth: 3 }, [3]],
  [{ times: 2 }, [1, 2]],
  [{ nth: 3, times: 2 }, [3, 4]],
  [{ probability: 0 }, []],
  [{ probability: 1, nth: 8 }, [8]],
  [{ operation: 'Invoke' }, []],
  [{ service: 'sts' }, []],
  [{ account: '222222222222' }, []],
  [{ account: '111111111111', nth: 2 }, [2]],
])('%j strikes the calls %j', (fault, calls) => {
  expect(struck(fault)).toEqual(calls);
});

test('a share of the calls is struck, the same ones for the same seed', () => {
  const faults = () => {
    const all = new Faults(seededRandom(5), services);
    all.inject({ service: 'ssm', status: 400, code: 'ThrottlingException', probability: 0.3 });
    return Array.from({ length: 1000 }, () => all.strike('ssm', 'GetParameter', '') !== undefined);
  };
  const once = faults();
  expect(once.filter(Boolean).length).toBeGreaterThan(250);
  expect(once.filter(Boolean).length).toBeLessThan(350);
  expect(faults()).toEqual(once);
});

test('faults count apart and can be cleared', () => {
  const faults = new Faults(seededRandom(1), services);
  faults.inject({ service: 'lambda', nth: 1, latency: '30s' });
  faults.inject({ service: 'lambda', nth: 2, status: 429 });
  expect(faults.strike('lambda', 'Invoke', '')).toMatchObject({ latency: 30_000, name: 'latency 30s' });
  expect(faults.strike('lambda', 'Invoke', '')).toMatchObject({
    status: 429,
    code: 'TooManyRequestsException',
  });
  faults.inject({ service: 'lambda', status: 500 });
  faults.clear();
  expect(faults.strike('lambda', 'Invoke', '')).toBeUndefined();
});

test.each([
  [{ service: 'lambda' }, /needs a status, a latency or a drop/],
  [{ service: 'lambda', latency: '30' }, /a duration such as/],
  [{ service: 'lambda', status: 200 }, />=400/],
  [{ service: 'lambda', status: 500, nth: 0 }, />=1/],
  [{ service: 'lambda', status: 500, retries: 2 }, /retries/],
])('%j is refused', (fault, message) => {
  expect(() => v.parse(faultSchema, fault)).toThrow(message);
});

test('a fault that could never strike is refused with the names of the services', () => {
  const faults = new Faults(seededRandom(1), services);
  expect(() => faults.inject({ service: 'lamda', status: 500 })).toThrow(
    'A fault is for lamda, which is no service; there are lambda, ssm, sts.',
  );
});
