/** One thing that fills a report, and how much of it there is, in bytes of the page. */
export function fairShare(sizes: readonly number[], budget: number): number {
  let left = budget;
  const rising = [...sizes].sort((one, other) => one - other);
  for (const [index, size] of rising.entries()) {
    const share = left / (rising.length - index);
    if (size > share) return Math.floor(share);
    left -= size;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * The first and the last of the items whose sizes together stay within the limit, and how many are left out between
 * them. Half the limit goes to the beginning; a log ends with what matters, so the end gets the rest.
 */
export function cutMiddle(
  sizes: readonly number[],
  limit: number,
): { head: number; omitted: number; tail: number } {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= limit) return { head: sizes.length, omitted: 0, tail: 0 };
  let used = 0;
  let head = 0;
  while (head < sizes.length && used + (sizes[head] ?? 0) <= limit / 2) used += sizes[head++] ?? 0;
  let tail = 0;
  while (head + tail < sizes.length) {
    const size = sizes[sizes.length - 1 - tail] ?? 0;
    if (used + size > limit) break;
    used += size;
    tail += 1;
  }
  return { head, omitted: sizes.length - head - tail, tail };
}
