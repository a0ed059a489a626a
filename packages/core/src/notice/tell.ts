import { OutsideError } from '../errors/index.ts';
import type { Notice } from './notice.ts';

/** One way to tell people. */
export interface Channel {
  readonly name: string;
  /** Whether a failure of this channel fails the step; else it is a warning. */
  readonly required: boolean;
  /** What was sent, in words; undefined when this channel has nothing to tell of this. @throws OutsideError */
  tell(notice: Notice): Promise<string | undefined>;
  /** What would be sent. */
  preview(notice: Notice): string | undefined;
}

export interface Told {
  readonly channel: string;
  readonly outcome: 'sent' | 'nothing' | 'would-send' | 'failed';
  /** What was sent, or why it failed and what to do. */
  readonly detail: string;
  readonly required: boolean;
}

/** Tells every channel. One that fails keeps the others from nothing. */
export async function tellAll(
  notice: Notice,
  channels: readonly Channel[],
  dryRun: boolean,
): Promise<readonly Told[]> {
  return Promise.all(
    channels.map(async (channel): Promise<Told> => {
      const { name, required } = channel;
      if (dryRun) {
        const preview = channel.preview(notice);
        return {
          channel: name,
          outcome: preview ? 'would-send' : 'nothing',
          detail: preview ?? '',
          required,
        };
      }
      try {
        const sent = await channel.tell(notice);
        return { channel: name, outcome: sent ? 'sent' : 'nothing', detail: sent ?? '', required };
      } catch (error) {
        if (!(error instanceof OutsideError)) throw error;
        return { channel: name, outcome: 'failed', detail: error.message, required };
      }
    }),
  );
}
