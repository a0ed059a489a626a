import { formatDuration, parseInstant } from '@promo-actions/core/clock';
import {
  type Command,
  type Console,
  flagMistake,
  type Given,
  repositoryFolder,
} from '@promo-actions/rehearsal';
import { checkPolicyFile, requireKnown } from '../policy/index.ts';
import { type Outlook, outlook } from './outlook.ts';
import { outlookLines } from './tell.ts';

export const windowsCommand: Command = {
  name: 'windows',
  usage: '[--environment NAME] [--service NAME]',
  summary: 'print when an environment may be changed in the coming days, by the policy, and why not now',
  flags: [
    {
      name: 'environment',
      value: 'NAME',
      description: 'default: every environment that has windows or freezes',
    },
    { name: 'service', value: 'NAME', description: 'the service, where it has windows of its own' },
    { name: 'repo', value: 'DIR', description: 'the repository with the policy; default: this folder' },
    {
      name: 'policy',
      value: 'FILE',
      description: 'the policy; default: .github/promotion.yml of the repository',
    },
    {
      name: 'at',
      value: 'TIME',
      description: 'from when on, such as 2026-03-03T22:00:00+02:00; default: now',
    },
    { name: 'days', value: 'N', description: 'for how many days, 1 to 366; default: 14' },
    { name: 'json', description: 'print the same as JSON' },
  ],
  details: [
    'Times are those of the policy’s time zone, beside them in UTC. A calendar feed of the policy is read; one that a',
    'step gives as a secret is not known here. Tickets and scheduled times are looked at by the gates alone.',
    'Exit code: 0, or 1 when the policy has a mistake, or 2 for a mistake in a flag.',
  ],
  run,
};

async function run({ flags }: Given, console: Console): Promise<number> {
  const days = flags.days ?? '14';
  if (!/^\d{1,3}$/.test(days) || Number(days) < 1 || Number(days) > 366)
    throw flagMistake(`--days is a whole number from 1 to 366, not ${days}`);
  const at = flags.at === undefined ? Date.now() : parseInstant(flags.at);
  if (at === undefined)
    throw flagMistake(`--at is a time with its offset, such as 2026-03-03T22:00:00+02:00, not ${flags.at}`);
  const checked = checkPolicyFile(repositoryFolder(flags.repo), flags.policy);
  if (checked.problems.length > 0) {
    for (const { where, input, message } of checked.problems) console.err(`${where}: ${input}: ${message}`);
    console.err('What a wrong policy opens is not known: mend it first.');
    return 1;
  }
  const { policy, file } = checked;
  requireKnown('environment', flags.environment, policy.environments, file);
  requireKnown('service', flags.service, policy.services, file);
  const service = flags.service ?? '';
  const span = { start: at, end: at + Number(days) * 86_400_000 };
  const outlooks: Outlook[] = [];
  for (const environment of flags.environment ? [flags.environment] : policy.environments)
    outlooks.push(await outlook(checked, { environment, service, span }));
  const shown = flags.environment ? outlooks : outlooks.filter(({ restricted }) => restricted);
  if (flags.json) console.out(JSON.stringify(shown, null, 2));
  else if (shown.length === 0)
    console.out(`${file} names neither windows nor freezes: every environment may be changed at all times.`);
  else
    for (const [index, one] of shown.entries())
      for (const line of [
        ...(index > 0 ? [''] : []),
        ...outlookLines(one, formatDuration(span.end - span.start)),
      ])
        console.out(line);
  return 0;
}
