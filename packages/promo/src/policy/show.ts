import { columns } from '../table/index.ts';
import type { PolicyFile } from './file.ts';

export interface Wanted {
  readonly environment?: string | undefined;
  readonly service?: string | undefined;
  readonly action?: string | undefined;
}

/** What each action is given by the policy, for each environment and service, with the place of every value. */
export function resolutionLines(
  { policy, resolutions, file }: PolicyFile,
  wanted: Wanted,
): readonly string[] {
  const lines: string[] = [];
  for (const environment of policy.environments) {
    if (wanted.environment && wanted.environment !== environment) continue;
    for (const service of policy.services.length > 0 ? policy.services : ['']) {
      if (wanted.service && wanted.service !== service) continue;
      const given = resolutions.filter(
        (one) =>
          one.environment === environment &&
          one.service === service &&
          one.settings.length > 0 &&
          (!wanted.action || one.action === wanted.action),
      );
      const rows = given.flatMap(({ action, settings }) =>
        settings.map(({ input, text, where }, at) => [
          `  ${at === 0 ? action : ''}`,
          input,
          shortened(text),
          where.slice(file.length + 1),
        ]),
      );
      lines.push('', [environment, service].filter(Boolean).join(' · '));
      lines.push(...(rows.length > 0 ? columns(rows) : ['  nothing']));
    }
  }
  return lines;
}

/** Lists on one line; what is long is cut. */
function shortened(text: string): string {
  const line = text
    .replace(/\s*\n\s*/g, ', ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 72 ? `${line.slice(0, 71)}…` : line;
}
