import { oneLine } from '../foreign-text/index.ts';
import { atMost, beginningOf, parseJson, type ReportFile, Unreadable, wholeText } from '../reports/index.ts';
import { readCloudFormation } from './cloudformation.ts';
import type { InfrastructureFacts } from './facts.ts';
import { isTerraform, readTerraform } from './terraform.ts';

/** Mebibytes that are held at once. */
const largest = 64;

const known =
  '`terraform show -json <plan>`, and what `aws cloudformation describe-change-set`, `describe-stacks` and `describe-stack-resource-drifts` answer';

/** What the file says, its format told by its content alone. @throws Unreadable for what is empty, unknown or not whole */
export async function readInfrastructure(file: ReportFile): Promise<InfrastructureFacts> {
  atMost(file, largest);
  const beginning = await beginningOf(file);
  if (beginning.startsWith('PK'))
    throw new Unreadable(
      'is a plan as Terraform keeps it. Write it as JSON with `terraform show -json <plan>`.',
    );
  if (!beginning.startsWith('{')) throw unknown(`begins with \`${oneLine(beginning.slice(0, 30))}\``);
  const text = await wholeText(file);
  const value = parseJson(firstOfLog(text) ?? text) as Readonly<Record<string, unknown>>;
  if (isTerraform(value)) return readTerraform(value);
  const facts = readCloudFormation(value);
  if (facts) return facts;
  if (Object.keys(value).length === 0) throw new Unreadable('is an empty JSON object.');
  const names = Object.keys(value).slice(0, 4).map(oneLine);
  throw unknown(`is JSON with ${names.map((name) => `\`${name}\``).join(', ')}`);
}

/** The first line of Terraform's log, which is an object for each line and so no JSON as a whole. */
function firstOfLog(text: string): string | undefined {
  const line = text.trimStart().slice(0, 10_000).split('\n', 1)[0] ?? '';
  return line.startsWith('{"@level"') ? line : undefined;
}

function unknown(what: string): Unreadable {
  return new Unreadable(`${what}, which is no format known here: ${known}.`);
}
