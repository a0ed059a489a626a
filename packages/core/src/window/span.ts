/** Time from an instant up to, but not including, another; epoch milliseconds, either may be infinite. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** All of time. */
export const always: Span = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

/** The same instants as disjoint spans in order; spans that touch become one, empty ones are dropped. */
export function union(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  const ordered = spans.filter((span) => span.start < span.end).sort((a, b) => a.start - b.start);
  for (const span of ordered) {
    const last = joined.at(-1);
    if (last && span.start <= last.end)
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    else joined.push(span);
  }
  return joined;
}

/** The instants that are in both. */
export function intersect(a: readonly Span[], b: readonly Span[]): readonly Span[] {
  const others = union(b);
  return union(
    union(a).flatMap((one) =>
      others.map((other) => ({
        start: Math.max(one.start, other.start),
        end: Math.min(one.end, other.end),
      })),
    ),
  );
}

/** The instants of the first that are not in the second. */
export function subtract(from: readonly Span[], taken: readonly Span[]): readonly Span[] {
  const gaps: Span[] = [];
  let start = always.start;
  for (const span of union(taken)) {
    gaps.push({ start, end: span.start });
    start = span.end;
  }
  gaps.push({ start, end: always.end });
  return intersect(from, gaps);
}

/** The span of an ordered list that holds the instant. */
export function spanAt(spans: readonly Span[], at: number): Span | undefined {
  return spans.find((span) => span.start <= at && at < span.end);
}
