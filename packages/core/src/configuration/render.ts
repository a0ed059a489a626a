import { table } from '../markdown/index.ts';
import type { Line } from './compare.ts';
import type { Promotion } from './promote.ts';
import type { PutBack } from './restore.ts';

const fates: Readonly<Record<Line['fate'], string>> = {
  create: 'new',
  update: 'changed',
  same: 'same',
  own: 'left to the target',
  absent: 'in the target alone',
  conflict: 'of another type',
};

/** The lines of the comparison that matter to a person; secrets are named, never shown. */
function telling(lines: readonly Line[]): readonly Line[] {
  return lines.filter(
    ({ fate }) => fate === 'create' || fate === 'update' || fate === 'conflict' || fate === 'absent',
  );
}

const from = ({ told }: Line): string => told.target ?? '';
const to = ({ fate, told }: Line): string =>
  told.source ?? (fate === 'absent' ? 'not at the source; stays' : '');

/** What a promotion does, a line for each parameter that differs: `+` new, `~` changed, `!` of another type, `=` in the target alone. */
export function describePromotion({ lines }: Pick<Promotion, 'lines'>): readonly string[] {
  const marks = { create: '+', update: '~', conflict: '!', absent: '=', same: ' ', own: ' ' } as const;
  return telling(lines).map((line) => {
    const change = [from(line), to(line)].filter(Boolean).join(' → ');
    return `${marks[line.fate]} ${line.name}: ${change}`;
  });
}

function countOfFate({ lines }: Pick<Promotion, 'lines'>, fate: Line['fate']): number {
  return lines.filter((line) => line.fate === fate).length;
}

const mostRows = 200;

export function renderPromotion(promotion: Promotion, dryRun: boolean): string {
  const rows = telling(promotion.lines);
  const count = (fate: Line['fate']) => countOfFate(promotion, fate);
  const done = promotion.changed ? 'Written' : dryRun ? 'Dry run: would be written' : 'Nothing written';
  const head = `### Configuration\n\n${done}: ${count('create')} new, ${count('update')} changed; ${count('same')} the same, ${count('own')} left to the target, ${count('absent')} in the target alone.`;
  const undone = promotion.failure
    ? `\n\nThe promotion failed; ${promotion.restored} parameters were put back as they were found.`
    : '';
  const body = rows
    .slice(0, mostRows)
    .map((line) => [`\`${line.name}\``, fates[line.fate], from(line), to(line)]);
  const more = rows.length > mostRows ? `\n\n… and ${rows.length - mostRows} more.` : '';
  return `${head}${undone}${rows.length > 0 ? `\n\n${table(['Parameter', '', 'Before', 'After'], body)}${more}` : ''}`;
}

const outcomes: Readonly<Record<PutBack['outcome'], string>> = {
  written: 'put back',
  removed: 'removed: it was not there before',
  'as-found': 'as it was',
  foreign: 'changed by others since; left alone',
  lost: 'cannot be put back: its versions are gone',
};

export function renderRestored(sentence: string, results: readonly PutBack[]): string {
  const rows = results
    .filter(({ outcome }) => outcome !== 'as-found')
    .slice(0, mostRows)
    .map(({ name, outcome }) => [`\`${name}\``, outcomes[outcome]]);
  return `### Configuration\n\n${sentence}${rows.length > 0 ? `\n\n${table(['Parameter', ''], rows)}` : ''}`;
}
