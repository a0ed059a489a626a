const longest = 240;

/**
 * Text that strangers wrote (a tool's report, a reviewer's comment) as one short line for a log, an annotation or a record.
 * It must not break a message in two or speak to the runner, which takes `::` at the start of a line and `##[` anywhere
 * in it for commands.
 */
export function oneLine(text: string): string {
  const line = text
    .slice(0, 10 * longest)
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .replaceAll('##[', '# #[')
    .replace(/^::/, ': :');
  return line.length > longest ? `${line.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : line;
}
