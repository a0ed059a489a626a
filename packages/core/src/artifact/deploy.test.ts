import { describe, expect, test } from '@jest/globals';
import { OutsideError } from '../errors/index.ts';
import type { FunctionVersion } from '../lambda/index.ts';
import { type DeployOrder, deploy } from './deploy.ts';

/** A function as Lambda keeps it: what is published, the code of `$LATEST`, and how long it stays busy. */
class LambdaFunction {
  readonly calls: string[] = [];
  published: string[];
  /** The descriptions of what is published. */
  labels: string[] = [];
  latest: string;
  busy = 0;
  /** Looks until an update is done. */
  slow = 0;
  takes: ((code: string) => string) | undefined;
  packageType: 'Zip' | 'Image' = 'Zip';

  constructor(published: readonly string[], latest = published.at(-1) ?? '') {
    this.published = [...published];
    this.latest = latest;
  }

  describe = async (_: string, qualifier = '$LATEST'): Promise<FunctionVersion | undefined> => {
    const updating = qualifier === '$LATEST' && this.slow-- > 0;
    const code = qualifier === '$LATEST' ? this.latest : this.published[Number(qualifier) - 1];
    return code === undefined
      ? undefined
      : this.#version(qualifier, code, updating ? 'InProgress' : 'Successful');
  };
  versions = async () => this.published.map((code, index) => this.#version(String(index + 1), code, ''));
  updateCode = async (_: string, source: DeployOrder['source']) => {
    if (this.busy-- > 0) return 'busy';
    const code = source.kind === 'image' ? source.uri : 'new';
    this.calls.push(`update ${code}`);
    this.latest = this.takes?.(code) ?? code;
    return this.#version('$LATEST', this.latest, 'InProgress');
  };
  publish = async (_: string, codeSha256: string, description: string) => {
    if (this.latest !== codeSha256) return 'replaced';
    if (this.published.at(-1) !== codeSha256) {
      this.calls.push(`publish ${codeSha256} ${description}`);
      this.published.push(codeSha256);
      this.labels[this.published.length - 1] = description;
    }
    return this.#version(String(this.published.length), codeSha256, 'Successful');
  };

  #version(version: string, codeSha256: string, lastUpdateStatus: string): FunctionVersion {
    return {
      functionName: 'orders',
      version,
      codeSha256,
      codeSize: 1,
      description: this.labels[Number(version) - 1] ?? '',
      role: 'role',
      state: 'Active',
      lastUpdateStatus,
      lastModified: 0,
      packageType: this.packageType,
      timeout: 3_000,
      revisionId: '',
    };
  }
}

function patience(lines: string[] = []) {
  let now = 0;
  const sleep = async (milliseconds: number) => {
    now += milliseconds;
  };
  return {
    clock: { now: () => now, sleep },
    log: { info: (line: string) => lines.push(line) },
    timeout: 60_000,
  };
}

const order = (over: Partial<DeployOrder> = {}): DeployOrder => ({
  functionName: 'orders',
  source: { kind: 'zip', bytes: new Uint8Array() },
  codeSha256: 'new',
  description: 'v1.4.0',
  dryRun: false,
  ...over,
});
type Ports = Parameters<typeof deploy>[1];
const run = (given: LambdaFunction, over: Partial<DeployOrder> = {}, lines?: string[]) =>
  deploy(order(over), given as Ports, patience(lines));

test('updates the code, waits, publishes a version with its label', async () => {
  const orders = new LambdaFunction(['old']);
  orders.slow = 4;
  expect(await run(orders)).toMatchObject({ version: '2', codeSha256: 'new', changed: true });
  expect(orders.calls).toEqual(['update new', 'publish new v1.4.0']);
});

test('twice publishes once', async () => {
  const orders = new LambdaFunction(['old']);
  await run(orders);
  expect(await run(orders)).toMatchObject({ version: '2', changed: false });
  expect(orders.calls).toHaveLength(2);
});

test('goes on where an earlier run had updated the code and died', async () => {
  const orders = new LambdaFunction(['old'], 'new');
  expect(await run(orders)).toMatchObject({ version: '2', changed: true });
  expect(orders.calls).toEqual(['publish new v1.4.0']);
});

test('answers an older version that holds the code of this release, and leaves `$LATEST` alone', async () => {
  const orders = new LambdaFunction(['new', 'newer']);
  orders.labels = ['v1.4.0', 'v1.5.0'];
  expect(await run(orders)).toMatchObject({ version: '1', changed: false });
  expect(orders.calls).toEqual([]);
});

test('publishes code anew that an older version holds for another release: its configuration is of then', async () => {
  const orders = new LambdaFunction(['new', 'newer']);
  orders.labels = ['v1.3.0', 'v1.5.0'];
  expect(await run(orders)).toMatchObject({ version: '3', changed: true });
  expect(orders.calls).toEqual(['update new', 'publish new v1.4.0']);
});

test('says what release a version is described as, where nothing has changed since', async () => {
  const orders = new LambdaFunction(['new']);
  orders.labels = ['v1.3.0'];
  expect(await run(orders)).toMatchObject({
    version: '1',
    changed: false,
    sentence:
      'Version 1 of `orders` holds this code and configuration already. Lambda publishes nothing that has not changed, so it stays described as "v1.3.0".',
  });
});

test('an update whose answer is lost says that `$LATEST` was changed', async () => {
  const orders = new LambdaFunction(['old']);
  orders.updateCode = async () => {
    orders.latest = 'new';
    throw new OutsideError({ what: 'Lambda failed', remedy: 'Again' });
  };
  await expect(run(orders)).rejects.toThrow(
    /Lambda failed.*Changed before this: `\$LATEST` of `orders` holds the new code; no alias/,
  );
});

test('waits while another update is in progress, and says so', async () => {
  const orders = new LambdaFunction(['old']);
  orders.busy = 5;
  const lines: string[] = [];
  expect(await run(orders, {}, lines)).toMatchObject({ version: '2' });
  expect(lines.join('\n')).toMatch(/Waiting for another update of `orders` to end/);
});

test('gives up on an update that never ends, having changed nothing', async () => {
  const orders = new LambdaFunction(['old']);
  orders.busy = Number.POSITIVE_INFINITY;
  await expect(run(orders)).rejects.toThrow(/could not be updated within 1m.*still in progress/);
});

test('code that Lambda took differently is not published, and the error says what `$LATEST` holds', async () => {
  const orders = new LambdaFunction(['old']);
  orders.takes = () => 'other';
  await expect(run(orders, { source: { kind: 's3', bucket: 'b', key: 'k' } })).rejects.toThrow(
    /its SHA-256 is other, and new was expected.*Nothing was published and no alias was touched/,
  );
  expect(orders.published).toEqual(['old']);
});

test('an update that fails later says that `$LATEST` was changed', async () => {
  const orders = new LambdaFunction(['old']);
  orders.publish = async () => {
    throw new OutsideError({ what: 'Lambda failed', remedy: 'Again' });
  };
  await expect(run(orders)).rejects.toThrow(
    /Changed before this: `\$LATEST` of `orders` holds the new code; no alias/,
  );
});

test('code replaced by someone else before it was published is told', async () => {
  const orders = new LambdaFunction(['old']);
  orders.publish = async () => 'replaced';
  await expect(run(orders)).rejects.toThrow(/someone else replaced the code of `\$LATEST`/);
});

describe('a dry run', () => {
  test.each([
    [new LambdaFunction(['old']), '', /a version of `orders` would be published after its code is updated/],
    [new LambdaFunction(['old'], 'new'), '', /would be published from `\$LATEST`/],
    [new LambdaFunction(['new', 'old']), '', /would be published after its code is updated/],
    [new LambdaFunction(['new']), '1', /version 1 of `orders` would serve/],
  ])('changes nothing and says what would be', async (orders, version, sentence) => {
    const outcome = await run(orders, { dryRun: true });
    expect(outcome.sentence).toMatch(sentence);
    expect(outcome.version).toBe(version);
    expect(orders.calls).toEqual([]);
  });
});

test('an image is not given to a function made from a zip', async () => {
  const source = { kind: 'image', uri: 'x@sha256:1' } as const;
  await expect(run(new LambdaFunction(['old']), { source })).rejects.toThrow(
    /made from a zip.*Give `package` or `s3`/,
  );
});
