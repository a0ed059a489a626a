import { oneLine } from '../foreign-text/index.ts';
import { atMost, beginningOf, parseJson, type ReportFile, Unreadable, wholeText } from '../reports/index.ts';
import type { SchemaStatement, SqlParser } from './statement.ts';
import {
  isBuf,
  isOasdiff,
  isSchemaPlan,
  isSquawk,
  readBuf,
  readOasdiff,
  readSchemaPlan,
  readSquawk,
  type ToolFacts,
} from './tools.ts';
import { withoutUndo } from './undo-marks.ts';

/** Mebibytes. A migration of more is a load of data, which no grammar need read. */
const largestMigration = 4;
const largestReport = 64;
const known = 'the JSON of squawk, oasdiff, buf and pg-schema-diff';

/** What a migration does. @throws Unreadable for what is empty, too large, or no SQL of the dialect */
export async function readMigration(
  file: ReportFile,
  parser: SqlParser,
): Promise<readonly SchemaStatement[]> {
  atMost(file, largestMigration);
  await beginningOf(file);
  const sql = await wholeText(file);
  if (sql.includes('\0')) throw new Unreadable('is no text: it has a zero byte.');
  return parser.statements(withoutUndo(sql));
}

/** What a tool reported, told apart by its content. @throws Unreadable for what is empty, unknown or not whole */
export async function readToolReport(file: ReportFile): Promise<ToolFacts> {
  atMost(file, largestReport);
  const beginning = await beginningOf(file).catch((error: unknown) => {
    if (!(error instanceof Unreadable)) throw error;
    throw new Unreadable(
      `${error.message.replace(/\.$/, '')}, which proves nothing: also buf writes nothing when it did not run. Have its exit status follow, as \`reports\` says.`,
    );
  });
  if (!/^[{[]/.test(beginning)) throw unknown(`begins with \`${oneLine(beginning.slice(0, 30))}\``);
  const text = await wholeText(file);
  const lines = text.trim().split('\n');
  const first = record(/^\{.*\}\s*$/.test(lines[0] ?? '') ? parseJson(lines[0] ?? '') : undefined);
  const path = oneLine(file.path);
  if (isBuf(first)) return readBuf(lines.map(parseJson), path);
  const value = parseJson(text);
  if (Array.isArray(value)) return readList(value, path);
  const fields = record(value);
  if (isSchemaPlan(fields)) return readSchemaPlan(value, path);
  const names = Object.keys(fields).slice(0, 4).map(oneLine);
  throw unknown(
    names.length === 0
      ? 'is an empty JSON object'
      : `is JSON with ${names.map((name) => `\`${name}\``).join(', ')}`,
  );
}

/** squawk and oasdiff both write `[]` when they find nothing. */
function readList(list: readonly unknown[], path: string): ToolFacts {
  if (list.length === 0) return { tool: 'squawk or oasdiff', breakages: [] };
  const first = record(list[0]);
  if (isSquawk(first)) return readSquawk(list, path);
  if (isOasdiff(first)) return readOasdiff(list, path);
  throw unknown('is a JSON list');
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function unknown(what: string): Unreadable {
  return new Unreadable(`${what}, which is no format known here: ${known}.`);
}
