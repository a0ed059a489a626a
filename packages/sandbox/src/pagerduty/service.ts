import * as v from 'valibot';
import type { Answer, Exchange, Service } from '../kernel/index.ts';

/** The PagerDuty account of a world. */
export const pagerDutySchema = v.strictObject({
  /** The integration keys that are known. */
  keys: v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9]{32}$/, 'expected 32 letters and digits'))),
});
export type PagerDutyDefinition = v.InferOutput<typeof pagerDutySchema>;

const enqueue = 'POST /v2/enqueue';
const change = 'POST /v2/change/enqueue';
const read = 'GET /_sandbox/pagerduty/events';
const largest = 512 * 1024;

const summary = v.pipe(v.string(), v.minLength(1), v.maxLength(1_024));
const dedup = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const links = v.optional(v.array(v.object({ href: v.string(), text: v.optional(v.string()) })));
const key = v.pipe(v.string(), v.length(32));
const alertSchema = v.variant('event_action', [
  v.object({
    routing_key: key,
    event_action: v.literal('trigger'),
    dedup_key: v.optional(dedup),
    payload: v.object({
      summary,
      source: v.pipe(v.string(), v.minLength(1)),
      severity: v.picklist(['critical', 'error', 'warning', 'info']),
      timestamp: v.optional(v.string()),
      custom_details: v.optional(v.unknown()),
    }),
    links,
  }),
  v.object({ routing_key: key, event_action: v.picklist(['acknowledge', 'resolve']), dedup_key: dedup }),
]);
const changeSchema = v.object({
  routing_key: key,
  payload: v.object({ summary, source: v.optional(v.string()), timestamp: v.optional(v.string()) }),
  links,
});

/** PagerDuty's Events API v2 under `/pagerduty`; events and open incidents are at `/_sandbox/pagerduty/events`. */
export function createPagerDutyService(definition: PagerDutyDefinition | undefined): Service {
  const events: unknown[] = [];
  const open = new Set<string>();
  return {
    name: 'pagerduty',
    unsigned: [enqueue, change, read],
    operation({ method, url: { pathname } }: Exchange) {
      const asked = `${method} ${pathname.replace(/^\/pagerduty(?=\/)/, '')}`;
      const own = asked === read || pathname.startsWith('/pagerduty/');
      return own && [enqueue, change, read].includes(asked) ? asked : undefined;
    },
    handle(operation, { body }) {
      if (operation === read) return json(200, { events, open: [...open] });
      if (body.length > largest) return json(413, { status: 'payload too large', message: 'Too large' });
      const event = readJson(body);
      const result = v.safeParse(operation === change ? changeSchema : alertSchema, event);
      if (!result.success)
        return invalid(result.issues.map((issue) => `'${v.getDotPath(issue)}' is missing or invalid`));
      const { output } = result;
      if (definition && !definition.keys.includes(output.routing_key))
        return invalid(["'routing_key' is not known"]);
      const { routing_key: _, ...rest } = event as Readonly<Record<string, unknown>>;
      events.push(rest);
      if (!('event_action' in output))
        return json(202, { status: 'success', message: 'Change event processed' });
      const { event_action: action, dedup_key: incident = `incident-${events.length}` } = output;
      if (action === 'trigger') open.add(incident);
      if (action === 'resolve') open.delete(incident);
      return json(202, { status: 'success', message: 'Event processed', dedup_key: incident });
    },
    failure: (_, status, code, message) => json(status, { status: code, message }),
    subject: () => ({}),
  };
}

function invalid(errors: readonly string[]): Answer {
  return json(400, { status: 'invalid event', message: 'Event object is invalid', errors });
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
