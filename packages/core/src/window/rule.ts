/** Day of the week as ISO 8601 counts: Monday is 1, Sunday 7. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** A rule that comes back every week, such as `Tue,Thu 22:00-02:00 Africa/Johannesburg`. */
export interface WeeklyRule {
  readonly kind: 'weekly';
  readonly days: readonly Weekday[];
  /** Minutes after midnight, 0 to 1439. */
  readonly from: number;
  /**
   * A wall-clock end in minutes after midnight, up to 1440; one at or before `from` belongs to the next day. Or a
   * length in milliseconds, which daylight saving does not change.
   */
  readonly end: { readonly to: number } | { readonly duration: number };
  /** IANA name; undefined until the default zone is known. */
  readonly timeZone: string | undefined;
  /** The rule as it was written. */
  readonly label: string;
}

/** A point in time: an instant, or a wall clock (`2026-12-15T18:00:00`) that needs a zone. */
export type Moment = { readonly instant: number } | { readonly local: string };

/** A rule that holds once, such as `2026-12-15..2027-01-05 Africa/Johannesburg` or an event of a calendar feed. */
export interface DatedRule {
  readonly kind: 'dated';
  readonly from: Moment;
  /** Not included any more. */
  readonly to: Moment;
  readonly timeZone: string | undefined;
  readonly label: string;
}

/** When something is: a maintenance window or, among the freezes, a time without any promotion. */
export type Rule = WeeklyRule | DatedRule;

/** True when the rule names wall-clock times and no zone. */
export function lacksZone(rule: Rule): boolean {
  if (rule.timeZone !== undefined) return false;
  return rule.kind === 'weekly' || 'local' in rule.from || 'local' in rule.to;
}
