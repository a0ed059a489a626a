import * as v from 'valibot';
import { WireError } from '../kernel/index.ts';
import { type AccountBook, inPlace, type Place, placeOf } from '../traffic/index.ts';
import type { AlarmDefinition, AlarmState } from './definition.ts';
import { type Output, read, validationError, wireNumber } from './wire.ts';

const MOST_RECORDS = 100;
const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

const describeSchema = v.object({
  AlarmNames: v.optional(
    v.pipe(v.array(v.string()), v.maxLength(100, 'the list must have at most 100 items')),
    [],
  ),
  AlarmNamePrefix: v.optional(v.string()),
  AlarmTypes: v.optional(v.array(v.picklist(['MetricAlarm', 'CompositeAlarm'])), []),
  StateValue: v.optional(v.picklist(STATES)),
  MaxRecords: v.optional(v.pipe(wireNumber, v.minValue(1), v.maxValue(MOST_RECORDS)), 50),
  NextToken: v.optional(v.string()),
});

const setStateSchema = v.object({
  AlarmName: v.string(),
  StateValue: v.picklist(STATES),
  StateReason: v.string(),
  StateReasonData: v.optional(v.string()),
});

interface Change {
  readonly at: number;
  readonly state: AlarmState;
  readonly reason: string;
}

interface Alarm extends Place {
  readonly name: string;
  readonly description: string | undefined;
  readonly type: AlarmDefinition['type'];
  /** In order of time; the first since 1970. */
  readonly changes: Change[];
}

export interface Alarms {
  describe(input: unknown, place: Place, now: number): Output;
  setState(input: unknown, place: Place, now: number): Output;
}

/** Alarms whose states follow the world's timetable, and SetAlarmState from then on until the timetable's next change. */
export function createAlarms(definitions: readonly AlarmDefinition[], accounts: AccountBook): Alarms {
  const alarms = definitions.map(alarmOf);

  function alarmOf(definition: AlarmDefinition): Alarm {
    const { name, description, type, state, changes } = definition;
    const timetable = changes.map(({ at, state: next }) => ({
      at,
      state: next,
      reason: 'Changed by the timetable of the world.',
    }));
    timetable.sort((a, b) => a.at - b.at);
    const first = { at: 0, state, reason: 'The state the world began with.' };
    return { ...placeOf(accounts, definition), name, description, type, changes: [first, ...timetable] };
  }

  const among = ({ account, region }: Place) => alarms.filter((alarm) => inPlace(alarm, account, region));

  return {
    describe(input, place, now) {
      const asked = read(describeSchema, input);
      if (asked.AlarmNames.length > 0 && asked.AlarmNamePrefix !== undefined) {
        throw validationError('AlarmNamePrefix and AlarmNames cannot be specified together');
      }
      const offset = asked.NextToken === undefined ? 0 : Number(/^alarm-(\d+)$/.exec(asked.NextToken)?.[1]);
      if (!Number.isFinite(offset))
        throw new WireError(400, 'InvalidNextToken', 'The next token specified is invalid.');
      const types = asked.AlarmTypes.length === 0 ? ['MetricAlarm'] : asked.AlarmTypes;
      const found = among(place)
        .filter((alarm) => types.includes(alarm.type === 'metric' ? 'MetricAlarm' : 'CompositeAlarm'))
        .filter((alarm) => asked.AlarmNames.length === 0 || asked.AlarmNames.includes(alarm.name))
        .filter((alarm) => alarm.name.startsWith(asked.AlarmNamePrefix ?? ''))
        .filter((alarm) => (asked.StateValue ?? stateOf(alarm, now).state) === stateOf(alarm, now).state)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const end = offset + asked.MaxRecords;
      const shown = found.slice(offset, end);
      const shownOf = (type: Alarm['type']) =>
        shown.filter((alarm) => alarm.type === type).map((alarm) => told(alarm, now));
      return {
        MetricAlarms: shownOf('metric'),
        CompositeAlarms: shownOf('composite'),
        NextToken: found.length > end ? `alarm-${end}` : undefined,
      };
    },
    setState(input, place, now) {
      const asked = read(setStateSchema, input);
      const alarm = among(place).find(({ name }) => name === asked.AlarmName);
      if (alarm === undefined)
        throw new WireError(404, 'ResourceNotFound', `Alarm ${asked.AlarmName} does not exist.`);
      alarm.changes.push({ at: now, state: asked.StateValue, reason: asked.StateReason });
      alarm.changes.sort((a, b) => a.at - b.at);
      return {};
    },
  };
}

function stateOf(alarm: Alarm, now: number): Change {
  const change = alarm.changes.findLast(({ at }) => at <= now);
  if (change === undefined) throw new Error(`The alarm ${alarm.name} has no first state.`);
  return change;
}

function told(alarm: Alarm, now: number): Output {
  const { at, state, reason } = stateOf(alarm, now);
  return {
    AlarmName: alarm.name,
    AlarmArn: `arn:aws:cloudwatch:${alarm.region}:${alarm.account}:alarm:${alarm.name}`,
    AlarmDescription: alarm.description,
    ActionsEnabled: true,
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: new Date(at),
    StateTransitionedTimestamp: new Date(at),
  };
}
