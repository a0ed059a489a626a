import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { rehearse } from '../rehearse/index.ts';
import { renderReport } from '../report/index.ts';
import type { Rehearsal } from '../result/index.ts';
import { loadScenario } from '../scenario/index.ts';
import { createPlainLog, createTree, endingLines, type Screen } from '../screen/index.ts';
import { flagMistake, type Given } from './arguments.ts';
import type { Command, Console } from './command.ts';
import { repositoryFolder, scenarioPath, workflowPath } from './repository.ts';

export const rehearseCommand: Command = {
  name: 'rehearse',
  usage: '[WORKFLOW] --scenario FILE',
  positionals: true,
  summary: 'run a workflow file of a repository here, against a local cloud, in virtual time',
  flags: [
    {
      name: 'scenario',
      value: 'FILE',
      description: 'what the world is like and what is expected; a path, or a name in scenarios/',
    },
    {
      name: 'repo',
      value: 'DIR',
      description: 'the repository; default: this folder. It is read, never written',
    },
    { name: 'report', value: 'FILE', description: 'write an HTML report' },
    { name: 'json', value: 'FILE', description: 'write everything that happened as JSON' },
    {
      name: 'keep',
      description: 'keep the sandbox up afterwards, until Ctrl-C, to look at it with the AWS CLI',
    },
    { name: 'log', value: 'plain|tree', description: 'default: tree on a terminal, plain elsewhere' },
    {
      name: 'release',
      value: 'DIR',
      description: 'the release tree of the actions; default: the one built beside promo',
    },
    {
      name: 'clock',
      value: 'FILE',
      description: 'the module that gives Node actions the virtual clock; default: beside promo',
    },
    {
      name: 'node',
      value: 'FILE',
      description: 'a Node 24 to run actions on; default: the one installed with promo',
    },
  ],
  details: [
    'WORKFLOW is a path in the repository or the name of a file in .github/workflows; without it the scenario says.',
    'Exit code: 0 when everything is as the scenario expects, 1 when not, 2 for a mistake in a file or a flag.',
    'Ctrl-C cancels the run as GitHub does; a second one ends it at once.',
  ],
  run,
};

async function run(given: Given, console: Console): Promise<number> {
  const { flags, positionals } = given;
  const repository = repositoryFolder(flags.repo);
  if (positionals.length > 1) throw flagMistake(`one workflow at a time, not ${positionals.join(', ')}`);
  if (!flags.scenario)
    throw flagMistake('--scenario FILE is missing; `promo scenarios` lists those of a repository');
  const file = scenarioPath(repository, flags.scenario);
  const scenario = loadScenario(file, relative(process.cwd(), file));
  const named = positionals[0] ?? scenario.scenario.workflow;
  if (!named) throw flagMistake('which workflow? Name one, or let the scenario say `workflow: …`');
  const preload = resolve(flags.clock ?? join(console.tools, 'clock.mjs'));
  if (!existsSync(preload))
    throw flagMistake(`there is no ${preload}; build the tools first, or name it by --clock`);

  let rehearsal: Rehearsal;
  let now = () => Date.now();
  const screen = chooseScreen(flags.log, console, () => now());
  const interruption = { cancel: undefined as (() => void) | undefined };
  const interrupted = () => {
    const { cancel } = interruption;
    interruption.cancel = undefined;
    if (cancel) return cancel();
    endWith(130);
  };
  const endWith = (code: number) => {
    screen.close();
    process.exit(code);
  };
  const heard = { SIGINT: interrupted, SIGTERM: () => endWith(143), SIGHUP: () => endWith(129) };
  const signals = Object.entries(heard);
  for (const [signal, listener] of signals) process.on(signal, listener);
  const unhear = () => {
    for (const [signal, listener] of signals) process.off(signal, listener);
  };
  try {
    rehearsal = await rehearse({
      workflow: workflowPath(repository, named),
      scenario,
      repository,
      release: resolve(flags.release ?? join(console.tools, '..', 'release')),
      preload,
      ...(flags.node ? { node: flags.node } : {}),
      observer: screen.observer,
      begun(begun, control) {
        now = control.now;
        interruption.cancel = control.cancel;
        screen.begun(begun);
      },
      async ended(rehearsed, url) {
        unhear();
        screen.close();
        for (const line of endingLines(rehearsed, console.colours)) console.out(line);
        for (const path of writeResults(rehearsed, flags)) console.out(`${path.what}: ${path.file}`);
        if (flags.keep) await keepSandbox(url, console);
      },
    });
  } finally {
    unhear();
    screen.close();
  }
  return rehearsal.expectations.every((expectation) => expectation.met) ? 0 : 1;
}

/** Resolves when the person has seen enough. */
function keepSandbox(url: string, console: Console): Promise<void> {
  console.out(
    `The sandbox stays at ${url} until Ctrl-C. In another terminal; an account is chosen by the access key that is its number:`,
  );
  for (const line of [
    'export AWS_ACCESS_KEY_ID=<account> AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=<region>',
    `export AWS_ENDPOINT_URL=${url}`,
  ])
    console.out(line);
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

function chooseScreen(log: string | undefined, console: Console, now: () => number): Screen {
  if (log !== undefined && log !== 'plain' && log !== 'tree')
    throw flagMistake(`--log is plain or tree, not ${log}`);
  if (log === 'tree' && !console.terminal) throw flagMistake('--log tree needs a terminal');
  if (log !== 'plain' && console.terminal) return createTree(console.terminal, console.colours, now);
  return createPlainLog(console.out, console.colours, now);
}

function writeResults(rehearsal: Rehearsal, flags: Given['flags']): { what: string; file: string }[] {
  const write = (what: string, file: string | undefined, content: () => string) => {
    if (!file) return [];
    mkdirSync(dirname(resolve(file)), { recursive: true });
    writeFileSync(file, content());
    return [{ what, file }];
  };
  return [
    ...write('Report', flags.report, () => renderReport(rehearsal)),
    ...write('JSON', flags.json, () => `${JSON.stringify(rehearsal, null, 2)}\n`),
  ];
}
