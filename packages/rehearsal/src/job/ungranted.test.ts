import { expect, test } from '@jest/globals';
import type { Permissions } from '../workflow/index.ts';
import { type Asking, ungranted } from './ungranted.ts';

const called: Asking = {
  permissions: {},
  jobs: [
    { id: 'gates', place: { file: 'called.yml', line: 4 }, permissions: { contents: 'read' } },
    {
      id: 'deploy',
      place: { file: 'called.yml', line: 9 },
      permissions: { contents: 'write', deployments: 'write' },
    },
  ],
};

function calling(permissions: Permissions | undefined, workflow = called, root?: Permissions): Asking {
  const place = { file: 'caller.yml', line: 7 };
  const job = { id: 'promote', place, uses: './called.yml', workflow };
  return {
    ...(root === undefined ? {} : { permissions: root }),
    jobs: [permissions === undefined ? job : { ...job, permissions }],
  };
}

test('a call that grants less than a called job asks for is a mistake, told at the call', () => {
  expect(ungranted(calling({ contents: 'write', 'id-token': 'write' }))).toEqual([
    {
      file: 'caller.yml',
      line: 7,
      message:
        './called.yml asks for `deployments: write` in its job deploy, which job promote does not grant; GitHub would not begin the run',
    },
  ]);
});

test.each<[string, Asking, number]>([
  ['grants all', calling({ contents: 'write', deployments: 'write' }), 0],
  ['grants everything', calling('write-all'), 0],
  ['says nothing, as then the repository’s setting counts', calling(undefined), 0],
  ['has what its workflow says', calling(undefined, called, {}), 3],
  ['only reads', calling('read-all'), 2],
  ['calls through a workflow that has less', calling('write-all', calling({ contents: 'write' })), 1],
  ['has less than the workflow between asks for', calling({ contents: 'write' }, calling('write-all')), 1],
])('a caller that %s', (_, workflow, mistakes) => {
  expect(ungranted(workflow)).toHaveLength(mistakes);
});

test('a job that asks for nothing of its own is granted what its caller has', () => {
  const silent: Asking = { jobs: [{ id: 'quiet', place: { file: 'called.yml' } }] };
  expect(ungranted(calling({}, silent))).toEqual([]);
});
