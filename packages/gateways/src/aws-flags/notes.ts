import { OutsideError } from '@promo-actions/core/errors';
import { type FlagNotes, restorePointOf } from '@promo-actions/core/flags';
import { createItemTable, isNew } from '../aws-table/index.ts';

export interface FlagNotesOrder {
  readonly table: string;
  readonly project: string;
  /** Of LaunchDarkly. */
  readonly environment: string;
  /** Whose flags they are: a service, or the repository. */
  readonly owner: string;
  /** The workflow run. */
  readonly run: string;
  readonly runUrl: string;
  readonly actor: string;
}

/** What a run's syncs found, in a DynamoDB table keyed by `deployment_id`. A run that begins takes the item over. */
export function createFlagNotes(order: FlagNotesOrder): FlagNotes {
  const { table, project, environment, owner, run, runUrl, actor } = order;
  const { place, find, put } = createItemTable(table);
  const id = `flags#${[project, environment, owner].map(encodeURIComponent).join('#')}`;
  let begun = false;
  return {
    async read() {
      const item = await find(id);
      if (item?.flags_run !== run) return undefined;
      begun = true;
      const point = restorePointOf(String(item.flags_found));
      if (point) return point;
      throw new OutsideError({
        what: `The item \`${id}\` of ${place} is no note that this release can read`,
        why: 'it was changed by hand, or written by another release of promo-actions',
        remedy: 'See that the flags are as they should be, delete the item, and run again',
      });
    },
    async write(point) {
      const item = {
        ...{ deployment_id: id, environment, service: owner, actor, run_url: runUrl },
        ...{ flags_run: run, flags_found: JSON.stringify(point) },
      };
      const mine = begun
        ? await put(item, 'flags_run = :run', { ':run': run })
        : await put(item, `${isNew} OR attribute_exists(flags_run)`);
      begun = true;
      if (mine) return;
      throw new OutsideError({
        what: `Another run has begun with the flags of ${owner} in ${environment}`,
        why: `\`${id}\` of ${place} is no more as this run left it`,
        remedy: 'Let one promotion run at a time by deployment-lock, and look at what the other run says',
      });
    },
  };
}
