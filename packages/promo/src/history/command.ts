import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { InputError, OutsideError } from '@promo-actions/core/action';
import { type Attributes, auditChain, lastRecords, recordOf, upToHead } from '@promo-actions/core/deployment';
import { loadPolicy } from '@promo-actions/core/policy';
import {
  type Command,
  type Console,
  flagMistake,
  type Given,
  repositoryFolder,
} from '@promo-actions/rehearsal';
import { requireKnown, usualPolicy } from '../policy/index.ts';
import { auditLines, recordLines } from './tell.ts';

export const historyCommand: Command = {
  name: 'history',
  usage: '--environment NAME --service NAME',
  summary: 'print the last records of what was deployed, and verify that nobody changed them',
  flags: [
    { name: 'environment', value: 'NAME', description: 'the environment' },
    { name: 'service', value: 'NAME', description: 'the service' },
    {
      name: 'table',
      value: 'NAME',
      description: 'the table of records; default: what the policy of the repository says',
    },
    {
      name: 'region',
      value: 'NAME',
      description: 'its AWS region; default: AWS_REGION or AWS_DEFAULT_REGION',
    },
    { name: 'repo', value: 'DIR', description: 'the repository with the policy; default: this folder' },
    { name: 'last', value: 'N', description: 'how many records; default: 20' },
    {
      name: 'verify',
      description: 'read every record, and say which was changed, replaced, removed, moved or added',
    },
    {
      name: 'hash',
      value: 'SHA256',
      description: 'with --verify: the `hash` output of a run; the records must still hold it',
    },
    { name: 'json', description: 'print the records, newest first, and the audit as JSON' },
  ],
  details: [
    'The AWS credentials are those of the environment. The last 25 records take two reads, of however many there are,',
    'and each one before them a read of its own; --verify scans the table, while others may record.',
    'Exit code: 0, or 1 when --verify found a flaw or no records, or 2 when something could not be read.',
  ],
  run,
};

async function run({ flags }: Given, console: Console): Promise<number> {
  const { environment, service, region, hash } = flags;
  if (!environment) throw flagMistake('--environment NAME is missing');
  if (!service) throw flagMistake('--service NAME is missing');
  const last = flags.last ?? '20';
  if (!/^[1-9]\d{0,6}$/.test(last)) throw flagMistake(`--last is a whole number from 1 up, not ${last}`);
  if (hash !== undefined && !flags.verify) throw flagMistake('--hash needs --verify');
  if (hash !== undefined && !/^[0-9a-f]{64}$/.test(hash))
    throw flagMistake(`--hash is a SHA-256 in 64 hexadecimal digits, not ${hash}`);
  const chain = { environment, service };
  try {
    const table = flags.table ?? tableOf(repositoryFolder(flags.repo), environment, service);
    const place = { table, chain, options: region ? { region } : {} };
    return flags.verify
      ? await verify(place, Number(last), hash, flags.json !== undefined, console)
      : await list(place, Number(last), flags.json !== undefined, console);
  } catch (error) {
    if (!(error instanceof OutsideError || error instanceof InputError)) throw error;
    console.err(error.message);
    return 2;
  }
}

interface Place {
  readonly table: string;
  readonly chain: { readonly environment: string; readonly service: string };
  readonly options: { readonly region?: string };
}

async function list({ table, chain, options }: Place, last: number, json: boolean, console: Console) {
  const { createRecordStore } = await import('@promo-actions/gateways/aws-records');
  const store = createRecordStore(table, options);
  const records = await lastRecords(store, chain, last);
  if (json) console.out(JSON.stringify({ records }, null, 2));
  else if (records.length === 0)
    console.out(`There are no records of ${chain.service} in ${chain.environment} in ${store.place}.`);
  else for (const line of recordLines(records)) console.out(line);
  return 0;
}

async function verify(
  { table, chain, options }: Place,
  last: number,
  hash: string | undefined,
  json: boolean,
  console: Console,
) {
  const { createRecordStore, scanChain } = await import('@promo-actions/gateways/aws-records');
  const scanned: Attributes[] = [];
  for await (const item of scanChain(table, chain, options)) scanned.push(item);
  const items = await upToHead(createRecordStore(table, options), chain, scanned);
  const audit = auditChain(chain, items, hash);
  const records = items
    .flatMap((item) => recordOf(item) ?? [])
    .sort((a, b) => b.sequence - a.sequence)
    .slice(0, last);
  if (json) console.out(JSON.stringify({ records, audit }, null, 2));
  else {
    if (records.length > 0) for (const line of [...recordLines(records), '']) console.out(line);
    for (const line of auditLines(audit)) console.out(line);
  }
  return audit.flaws.length === 0 && audit.records > 0 ? 0 : 1;
}

/** The table that the repository's policy gives to record-deployment. */
function tableOf(repository: string, environment: string, service: string): string {
  const path = join(repository, usualPolicy);
  const file = relative(process.cwd(), path) || path;
  const missing = `--table NAME is missing, and ${file} `;
  if (!existsSync(path)) throw flagMistake(`${missing}is not there to name one`);
  const policy = loadPolicy(readFileSync(path, 'utf8'), file);
  // A policy that names none stands for all.
  if (policy.environments.length > 0) requireKnown('environment', environment, policy.environments, file);
  if (policy.services.length > 0) requireKnown('service', service, policy.services, file);
  const asked = { action: 'record-deployment', environment, service, input: 'table' };
  const table = policy.setting(asked, false)?.text;
  if (!table) throw flagMistake(`${missing}names no \`table\` for record-deployment`);
  return table;
}
