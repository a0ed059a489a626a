import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OutsideError } from '../errors/index.ts';
import { draft, memoryBoard, memoryParameters, memoryTable } from './memory.test.ts';
import { type RecordOrder, recordDeployment } from './record-deployment.ts';
import type { DeploymentBoard } from './store.ts';

const order: RecordOrder = { draft, ref: 'abc', dryRun: false };
const down = new OutsideError({ what: 'it could not be written', remedy: 'Run again.' });

const ports = () => ({ records: memoryTable(), parameters: memoryParameters() });

describe('the board', () => {
  test('shows a deployment once, in its last state, and retires the one before', async () => {
    const at = ports();
    const { board, shown } = memoryBoard();
    const run = (
      deployment: string,
      status: 'started' | 'succeeded' | 'rolled-back',
      service = 'tenant-service',
    ) => recordDeployment({ ...order, draft: { ...draft, deployment, status, service } }, { ...at, board });
    await run('a', 'started');
    await run('a', 'succeeded');
    await run('x', 'succeeded', 'sites');
    await run('b', 'started');
    expect((await run('b', 'succeeded')).deploymentNumber).toBe(3);
    expect(shown.map(({ payload, states }) => [payload.deployment, states.join(' ')])).toEqual([
      ['a', 'in_progress success inactive'],
      ['x', 'success'],
      ['b', 'in_progress success'],
    ]);
  });

  test('has one success of a service, and leaves failures what they are', async () => {
    const end = fc.constantFrom('succeeded', 'failed', 'rolled-back', 'died', 'config');
    await fc.assert(
      fc.asyncProperty(fc.array(end, { maxLength: 8 }), async (ends) => {
        const at = ports();
        const { board, shown } = memoryBoard();
        for (const [index, status] of [...ends, 'succeeded' as const].entries()) {
          const deployment = String(index);
          const action = status === 'config' ? status : 'promote';
          const told = { ...draft, deployment, action } as const;
          await recordDeployment({ ...order, draft: { ...told, status: 'started' } }, { ...at, board });
          if (status === 'died') continue;
          const ended = { ...told, status: status === 'config' ? 'succeeded' : status } as const;
          await recordDeployment({ ...order, draft: ended }, { ...at, board });
        }
        const last = shown.map(({ states }) => states.at(-1));
        const failed = (status: string) => status === 'failed' || status === 'rolled-back';
        expect(last).toEqual([...ends.map((each) => (failed(each) ? 'failure' : 'inactive')), 'success']);
      }),
    );
  });

  test('that retiring was cut short on is put right by the next', async () => {
    const at = ports();
    const { board, shown } = memoryBoard();
    const run = (deployment: string, status: 'started' | 'succeeded', on = board) =>
      recordDeployment(
        { ...order, draft: { ...draft, deployment, status, run: { ...draft.run, id: deployment } } },
        { ...at, board: on },
      );
    for (const deployment of ['a', 'b', 'c']) await run(deployment, 'started');
    const setStatus: DeploymentBoard['setStatus'] = async (id, status) => {
      if (id === 2) throw down;
      return board.setStatus(id, status);
    };
    const cut = await run('d', 'succeeded', { ...board, setStatus });
    expect([cut.unshown, cut.written]).toEqual([down.message, [expect.stringContaining('record 4 ')]]);
    expect(shown.map(({ states }) => states.at(-1))).toEqual([
      'inactive',
      'in_progress',
      'in_progress',
      'success',
    ]);
    await run('e', 'succeeded');
    expect(shown.map(({ states }) => states.at(-1))).toEqual([...Array(4).fill('inactive'), 'success']);
  });

  test('that cannot be shown fails no deployment, and the next record of it brings the board in step', async () => {
    const at = ports();
    const { board, shown } = memoryBoard();
    const run = (status: 'started' | 'succeeded', on: DeploymentBoard) =>
      recordDeployment({ ...order, draft: { ...draft, status } }, { ...at, board: on });
    const list = async () => Promise.reject(down);
    expect(await run('started', { ...board, list })).toMatchObject({
      unshown: down.message,
      record: { status: 'started' },
    });
    expect((await run('succeeded', board)).unshown).toBeUndefined();
    expect(shown.map(({ states }) => states.join(' '))).toEqual(['success']);
    const broken = { ...board, list: async () => Promise.reject(new TypeError('bug')) };
    await expect(run('succeeded', broken)).rejects.toThrow(TypeError);
  });

  test.each(['create', 'setStatus'] as const)('finds what %s did where its answer is lost', async (which) => {
    const { board, shown } = memoryBoard();
    const lost = new OutsideError({ what: 'not answered', remedy: 'Look.', unsure: true });
    let calls = 0;
    const losing = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
      const answered = await answer;
      if (calls++ === 0) throw lost;
      return answered;
    };
    const create: DeploymentBoard['create'] = (entry) => losing(board.create(entry));
    const setStatus: DeploymentBoard['setStatus'] = (id, status) => losing(board.setStatus(id, status));
    const once = { ...board, ...(which === 'create' ? { create } : { setStatus }) };
    expect((await recordDeployment(order, { ...ports(), board: once })).unshown).toBeUndefined();
    expect(shown.map(({ states }) => states.at(-1))).toEqual(['success']);
  });

  test('retires what an attempt before of the same run has left open, and nobody else’s', async () => {
    const at = ports();
    const { board, shown } = memoryBoard();
    const run = (deployment: string, id: string, status: 'started' | 'rolled-back', on = board) =>
      recordDeployment(
        { ...order, draft: { ...draft, deployment, status, run: { ...draft.run, id } } },
        { ...at, board: on },
      );
    const setStatus = async () => Promise.reject(down);
    await run('other', '6', 'started');
    await run('dead', '7', 'started');
    await run('unsaid', '7', 'started', { ...board, setStatus });
    await run('undone', '7', 'started');
    await run('undone', '7', 'rolled-back');
    expect(shown.map(({ states }) => states.at(-1))).toEqual([
      'in_progress',
      'inactive',
      'inactive',
      'failure',
    ]);
  });

  test('that was left with a success behind one that is retired is put right', async () => {
    const left = fc.array(fc.constantFrom('success', 'inactive', 'in_progress', undefined), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(left, async (states) => {
        const task = `deploy:${draft.service}`;
        const { board, shown } = memoryBoard(
          states.map((state, index) => ({
            id: index + 1,
            payload: { deployment: `left-${index}` },
            task,
            states: state ? [state] : [],
          })),
        );
        await recordDeployment(order, { ...ports(), board });
        const last = shown.map((one) => one.states.at(-1));
        expect(last).toEqual([...states.map(() => 'inactive'), 'success']);
      }),
    );
  });

  test('is not turned back by an old step that runs again', async () => {
    const at = ports();
    const { board, shown } = memoryBoard();
    const run = (deployment: string, status: 'started' | 'succeeded') =>
      recordDeployment({ ...order, draft: { ...draft, deployment, status } }, { ...at, board });
    await run('a', 'started');
    await run('a', 'succeeded');
    await run('a', 'started');
    expect(shown[0]?.states).toEqual(['in_progress', 'success', 'success']);
    await run('b', 'succeeded');
    expect((await run('a', 'succeeded')).deploymentNumber).toBeUndefined();
    expect(shown[0]?.states.at(-1)).toBe('inactive');
  });
});
