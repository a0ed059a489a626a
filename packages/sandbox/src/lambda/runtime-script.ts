/**
 * What runs in a handler's own process: it loads `file.export` from the task root, calls it as the Node runtime does
 * (promise, value or callback), and reports the answer to its parent.
 */
export const RUNTIME_SCRIPT = String.raw`
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = process.env.SANDBOX_TASK_ROOT;
delete process.env.SANDBOX_TASK_ROOT;
process.env.LAMBDA_TASK_ROOT = root;

function errorDocument(error) {
  const isError = error instanceof Error;
  return {
    errorType: isError ? error.name : typeof error,
    errorMessage: isError ? error.message : String(error),
    trace: isError ? String(error.stack).split('\n') : [],
  };
}

let reported = false;
function report(payload, failed) {
  if (reported) return;
  reported = true;
  // The parent ends this process once it has the report; what was written before is already in the pipes.
  process.stdout.write('', () => process.send({ payload, failed }));
}
const fail = (error) => report(JSON.stringify(errorDocument(error)), true);
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.on('disconnect', () => process.exit(0));

function useVirtualDate(now) {
  const offset = now - Date.now();
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [RealDate.now() + offset] : args, newTarget),
    apply: () => new RealDate(RealDate.now() + offset).toString(),
    get: (target, key) => (key === 'now' ? () => RealDate.now() + offset : Reflect.get(target, key)),
  });
}

async function load(handler) {
  const dot = handler.lastIndexOf('.');
  const stem = join(root, handler.slice(0, dot));
  const name = handler.slice(dot + 1);
  const file = ['.js', '.mjs', '.cjs'].map((extension) => stem + extension).find((path) => existsSync(path));
  if (file === undefined) {
    throw Object.assign(new Error("Cannot find module '" + handler.slice(0, dot) + "'"), { name: 'Runtime.ImportModuleError' });
  }
  const module = await import(pathToFileURL(file).href);
  const found = module[name] ?? module.default?.[name];
  if (typeof found !== 'function') {
    throw Object.assign(new Error(handler + ' is undefined or not exported'), { name: 'Runtime.HandlerNotFound' });
  }
  return found;
}

process.once('message', async ({ payload, handler, now, timeout, context }) => {
  useVirtualDate(now);
  try {
    const run = await load(handler);
    const deadline = performance.now() + timeout;
    process.send({ loaded: true });
    const whole = { ...context, getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())), callbackWaitsForEmptyEventLoop: true };
    const value = run.length < 3
      ? await run(JSON.parse(payload), whole)
      : await new Promise((resolve, reject) => {
          const answered = run(JSON.parse(payload), whole, (error, result) => (error ? reject(error) : resolve(result)));
          if (typeof answered?.then === 'function') answered.then(resolve, reject);
        });
    report(value === undefined ? 'null' : (JSON.stringify(value) ?? 'null'), false);
  } catch (error) {
    fail(error);
  }
});
`;
