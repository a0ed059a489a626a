import * as v from 'valibot';
import { WireError } from '../kernel/index.ts';
import type { Place } from '../traffic/index.ts';
import { type Output, read } from './wire.ts';

const putSchema = v.object({
  DashboardName: v.pipe(v.string(), v.regex(/^[\w-]{1,255}$/, 'letters, digits, - and _, at most 255')),
  DashboardBody: v.string(),
});
const getSchema = v.object({ DashboardName: v.string() });

export interface Dashboards {
  put(input: unknown, place: Place): Output;
  get(input: unknown, place: Place): Output;
}

/** Dashboards as texts; their widgets are only checked to be JSON. They are an account's, not a region's. */
export function createDashboards(): Dashboards {
  const bodies = new Map<string, string>();
  return {
    put(input, { account }) {
      const { DashboardName: name, DashboardBody: body } = read(putSchema, input);
      if (!isJsonObject(body)) {
        throw new WireError(
          400,
          'InvalidParameterInput',
          'The field DashboardBody must be a valid JSON object.',
        );
      }
      bodies.set(`${account}/${name}`, body);
      return { DashboardValidationMessages: [] };
    },
    get(input, { account }) {
      const { DashboardName: name } = read(getSchema, input);
      const body = bodies.get(`${account}/${name}`);
      if (body === undefined)
        throw new WireError(404, 'ResourceNotFound', `Dashboard ${name} does not exist`);
      return {
        DashboardArn: `arn:aws:cloudwatch::${account}:dashboard/${name}`,
        DashboardName: name,
        DashboardBody: body,
      };
    },
  };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
