import type { ReleaseCommit } from './ports.ts';

const groups = [
  { title: 'Features', types: ['feat'] },
  { title: 'Fixes', types: ['fix'] },
  { title: 'Performance', types: ['perf'] },
] as const;
const breaking = 'Breaking changes';
const other = 'Other changes';

/** Notes from Conventional Commits, grouped; merge commits are left out, for what they merge is listed. */
export function groupedNotes(commits: readonly ReleaseCommit[]): string {
  const lines = new Map<string, string[]>();
  for (const commit of commits) {
    if (commit.parents.length > 1) continue;
    const { group, text } = classify(commit.message);
    lines.set(group, [...(lines.get(group) ?? []), `- ${text} (${commit.sha.slice(0, 7)})`]);
  }
  const order = [breaking, ...groups.map(({ title }) => title), other];
  const sections = order.flatMap((title) => {
    const under = lines.get(title);
    return under ? [`### ${title}\n${under.join('\n')}`] : [];
  });
  return sections.length > 0 ? sections.join('\n\n') : 'No changes.';
}

function classify(message: string): { readonly group: string; readonly text: string } {
  const [subject = ''] = message.split('\n');
  const match = /^([a-z]+)(?:\(([^)]*)\))?(!)?:\s+(.+)$/i.exec(subject);
  if (!match) return { group: other, text: subject };
  const [, type = '', scope, mark, rest = ''] = match;
  const text = scope ? `**${scope}**: ${rest}` : rest;
  if (mark || /^BREAKING[ -]CHANGE:/m.test(message)) return { group: breaking, text };
  const found = groups.find(({ types }) => types.some((each) => each === type.toLowerCase()));
  return { group: found?.title ?? other, text: found ? text : subject };
}

/** The notes with the extra ones at their end, once. */
export function withExtraNotes(body: string, extra: string | undefined): string {
  const wanted = extra?.trim() ?? '';
  const plain = (text: string) => text.replaceAll('\r\n', '\n');
  if (wanted === '' || plain(body).includes(plain(wanted))) return body;
  return body.trim() === '' ? wanted : `${body.trimEnd()}\n\n${wanted}`;
}
