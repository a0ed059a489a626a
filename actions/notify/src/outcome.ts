import { type Log, type Result, table } from '@promo-actions/core/action';
import type { Told } from '@promo-actions/core/notice';

const words: Readonly<Record<Told['outcome'], string>> = {
  sent: 'was told',
  nothing: 'has nothing to be told of this',
  'would-send': 'would be told',
  failed: 'could not be told',
};

/** What became of every channel: in the log, as warnings, and as the step's failure where a required one failed. */
export function outcome(told: readonly Told[], log: Log): Result<'sent' | 'failed'> {
  if (told.length === 0) log.notice('notify: nobody was told, for no channel is given.');
  for (const { channel, outcome: became, detail, required } of told) {
    const line = `${channel} ${words[became]}${detail ? `: ${detail}` : '.'}`;
    if (became === 'failed' && !required) log.warning(`notify: ${line}`);
    else log.info(line);
  }
  const names = (became: Told['outcome']) =>
    told.filter((it) => it.outcome === became).map(({ channel }) => channel);
  const missed = told.filter((it) => it.outcome === 'failed' && it.required);
  const rows = told.map(({ channel, outcome: became, detail }) => [channel, words[became], detail]);
  return {
    outputs: { sent: names('sent').join('\n'), failed: names('failed').join('\n') },
    summary: told.length > 0 ? `### notify\n\n${table(['Channel', '', ''], rows)}` : '',
    ...(missed.length > 0
      ? { failure: `notify: ${missed.map(({ channel, detail }) => `${channel}: ${detail}`).join('\n')}` }
      : {}),
  };
}
