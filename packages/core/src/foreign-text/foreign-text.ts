const longest = 240;

/**
 * Text that strangers wrote (a tool's report, a reviewer's comment) as one short line, so that it cannot pass for a
 * line of ours in a message, a record or a log: no line breaks, control or invisible characters.
 */
export function oneLine(text: string): string {
  const line = text
    .slice(0, 10 * longest)
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  if (line.length <= longest) return line;
  return `${line.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
