import type { InputProblem } from '@promo-actions/core/action';
import {
  type Command,
  type Console,
  flagMistake,
  type Given,
  repositoryFolder,
} from '@promo-actions/rehearsal';
import { checkPolicyFile, type PolicyFile } from './file.ts';
import { gapProblems } from './gaps.ts';
import { requireKnown } from './known.ts';
import { resolutionLines, type Wanted } from './show.ts';

export const policyCommand: Command = {
  name: 'policy',
  usage: 'check [FILE …]',
  positionals: true,
  summary: 'find every mistake of a policy before a run does, and show what it gives to whom',
  flags: [
    {
      name: 'repo',
      value: 'DIR',
      description: 'the repository whose .github/promotion.yml is checked; default: this folder',
    },
    { name: 'show', description: 'print what each action is given, for each environment and service' },
    { name: 'environment', value: 'NAME', description: 'with --show: this environment alone' },
    { name: 'service', value: 'NAME', description: 'with --show: this service alone' },
    { name: 'action', value: 'NAME', description: 'with --show: this action alone' },
    { name: 'json', description: 'print mistakes, warnings and what each action is given as JSON' },
  ],
  details: [
    'Every mistake is told as file:line:column: unknown sections, actions and inputs, values that an action would',
    'refuse, values that contradict each other. A warning tells what is a mistake unless a step gives an input itself,',
    'and local times that daylight saving skips within a year.',
    'Exit code: 0 when there is no mistake, 1 when there is, 2 when a file cannot be read.',
  ],
  run,
};

async function run({ flags, positionals }: Given, console: Console): Promise<number> {
  const [order, ...files] = positionals;
  if (order !== 'check')
    throw flagMistake(
      `promo policy check [FILE …]: ${order === undefined ? '`check` is missing' : `there is no \`promo policy ${order}\``}`,
    );
  const wanted = { environment: flags.environment, service: flags.service, action: flags.action };
  if (!flags.show && !flags.json && Object.values(wanted).some(Boolean))
    throw flagMistake('--environment, --service and --action choose what --show prints; give --show, too');
  const repository = repositoryFolder(flags.repo);
  const checked = (files.length > 0 ? files : [undefined]).map((file) => checkPolicyFile(repository, file));
  for (const one of checked) if (one.problems.length === 0) refuseUnknown(one, wanted);
  if (flags.json)
    console.out(
      JSON.stringify(
        checked.map((one) => jsonOf(one, wanted)),
        null,
        2,
      ),
    );
  else for (const one of checked) tell(one, flags.show ? wanted : undefined, console);
  return checked.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

function refuseUnknown({ file, policy, resolutions }: PolicyFile, wanted: Wanted): void {
  requireKnown('environment', wanted.environment, policy.environments, file);
  requireKnown('service', wanted.service, policy.services, file);
  requireKnown('action', wanted.action, [...new Set(resolutions.map(({ action }) => action))], file);
}

function tell(checked: PolicyFile, wanted: Wanted | undefined, console: Console): void {
  const { file, policy, problems } = checked;
  for (const problem of problems) console.err(lineOf(problem));
  for (const warning of warningsOf(checked)) console.err(lineOf(warning, 'warning: '));
  if (problems.length > 0) {
    console.err(`${file}: ${problems.length === 1 ? 'one mistake' : `${problems.length} mistakes`}.`);
    return;
  }
  const named = (names: readonly string[], word: string) =>
    `${names.length} ${word}${names.length === 1 ? '' : 's'}${names.length > 0 ? ` (${names.join(', ')})` : ''}`;
  const values = policy.entries.length;
  console.out(
    `${file} is sound: ${values} value${values === 1 ? '' : 's'}, ${named(policy.environments, 'environment')}, ${named(policy.services, 'service')}.`,
  );
  if (wanted) for (const line of resolutionLines(checked, wanted)) console.out(line);
}

/** A doubt is a mistake unless a step gives what the policy does not. */
function warningsOf(checked: PolicyFile): readonly InputProblem[] {
  const doubts = checked.doubts.map((doubt) => ({
    ...doubt,
    message: `${doubt.message} A step may give it.`,
  }));
  return [...doubts, ...gapProblems(checked.resolutions, Date.now())];
}

function lineOf({ input, message, where }: InputProblem, kind = ''): string {
  const said = input === 'policy' ? message : `${input}: ${message}`;
  return `${where ? `${where}: ` : ''}${kind}${said}`;
}

function jsonOf(checked: PolicyFile, wanted: Wanted) {
  const { file, problems, resolutions } = checked;
  const chosen = resolutions.filter(
    (one) =>
      one.settings.length > 0 &&
      (!wanted.environment || one.environment === wanted.environment) &&
      (!wanted.service || one.service === wanted.service) &&
      (!wanted.action || one.action === wanted.action),
  );
  return {
    file,
    mistakes: problems,
    warnings: warningsOf(checked),
    resolutions: chosen.map(({ values: _, ...resolution }) => resolution),
  };
}
