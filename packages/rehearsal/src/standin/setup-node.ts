import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import type { StandIn } from './stand-in.ts';

/** Puts the Node that the rehearsal has into PATH, whatever version is asked for, and says which it is. */
export const setupNode: StandIn = {
  inputs: [
    ...['node-version', 'node-version-file', 'cache', 'cache-dependency-path', 'package-manager-cache'],
    ...['check-latest', 'architecture', 'registry-url', 'scope', 'token', 'always-auth'],
  ],
  async play(inputs, task) {
    const { node } = task.machine.setting;
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    task.machine.added.path.push(dirname(node));
    const asked = inputs['node-version'] || inputs['node-version-file'];
    task.log.line(`Node ${version} is first in PATH${asked ? `; asked for was ${asked}` : ''}.`);
    return { 'node-version': version, 'cache-hit': 'false' };
  },
};
