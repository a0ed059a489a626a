/** Time as the core sees it: an instant and a wait. The core never asks the machine. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `milliseconds`, or rejects with the signal's reason when it is aborted first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

const unitMilliseconds = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parses `90s`, `5m`, `2h`, `7d`, `1h30m` into milliseconds; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * unitMilliseconds[unit as keyof typeof unitMilliseconds];
  }
  return total;
}

/** Writes milliseconds the way durations are read: the largest two units, such as `1h 30m` or `45s`. */
export function formatDuration(milliseconds: number): string {
  const sign = milliseconds < 0 ? '-' : '';
  let rest = Math.abs(Math.round(milliseconds));
  if (rest < 1_000) return `${sign}${rest}ms`;
  rest = Math.round(rest / 1_000) * 1_000;
  const parts: string[] = [];
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const amount = Math.floor(rest / unitMilliseconds[unit]);
    if (amount > 0) parts.push(`${amount}${unit}`);
    rest -= amount * unitMilliseconds[unit];
  }
  return sign + parts.slice(0, 2).join(' ');
}

/** `2026-03-03T20:05:00Z`: an instant in UTC to the second, as every record and message writes it. */
export function formatInstant(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

const instantForm = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** Parses an ISO 8601 instant that says its offset; undefined for anything else, and for a day that its month does not have. */
export function parseInstant(text: string): number | undefined {
  const [, year, month, day] = instantForm.exec(text) ?? [];
  if (day === undefined || Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate())
    return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
