import { relative } from 'node:path';
import { Mistakes } from '../mistake/index.ts';
import { loadScenario } from '../scenario/index.ts';
import type { Command } from './command.ts';
import { repositoryFolder, scenarioFiles } from './repository.ts';

export const scenariosCommand: Command = {
  name: 'scenarios',
  usage: '',
  summary: 'list the scenarios of a repository',
  flags: [{ name: 'repo', value: 'DIR', description: 'the repository; default: this folder' }],
  details: [
    'A scenario is a YAML file in the folder scenarios/ of the repository. One that cannot be read is told, with exit code 2.',
  ],
  async run({ flags }, console) {
    const repository = repositoryFolder(flags.repo);
    const files = scenarioFiles(repository);
    if (files.length === 0) {
      console.out(`There are no scenarios in ${relative(process.cwd(), repository) || '.'}/scenarios.`);
      return 0;
    }
    let wrong = false;
    for (const file of files) {
      const shown = relative(process.cwd(), file);
      try {
        const { scenario } = loadScenario(file, shown);
        console.out(`${shown}`);
        console.out(
          `  ${scenario.name}: expects ${scenario.expect.outcome}${scenario.workflow ? ` of ${scenario.workflow}` : ''}`,
        );
        if (scenario.description) console.out(`  ${scenario.description.trim().replace(/\s+/g, ' ')}`);
      } catch (error) {
        if (!(error instanceof Mistakes)) throw error;
        wrong = true;
        console.err(error.message);
      }
    }
    return wrong ? 2 : 0;
  },
};
