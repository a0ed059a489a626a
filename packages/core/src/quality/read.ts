import { oneLine } from '../foreign-text/index.ts';
import {
  atMost,
  beginningOf,
  type ElementReader,
  parseJson,
  type ReportFile,
  Unreadable,
  wholeText,
} from '../reports/index.ts';
import { coberturaReader } from './cobertura.ts';
import type { Facts } from './facts.ts';
import { isFinal, isSummary, readFinal, readSummary } from './istanbul.ts';
import { junitReader } from './junit.ts';
import { k6Reader } from './k6.ts';
import { readLcov } from './lcov.ts';
import { auditReader } from './npm-audit.ts';
import { isSarif, readSarif } from './sarif.ts';
import { isSnyk, readSnyk } from './snyk.ts';
import { isTrivy, readTrivy } from './trivy.ts';

/** Mebibytes. JSON is held whole, the others are not. */
const largestJson = 64;
const largest = 1_024;
/** No line of a tracefile is longer. */
const longestLine = 65_536;

export const knownFormats =
  'JUnit and Cobertura XML, lcov, Istanbul JSON, k6 summaries, SARIF 2.1.0, npm audit, Snyk and Trivy JSON';

/** What the report says, its format told by its content alone. @throws Unreadable for what is empty, unknown or not whole */
export async function readReport(file: ReportFile): Promise<Facts> {
  atMost(file, largest);
  const beginning = await beginningOf(file);
  if (beginning.startsWith('<')) return readXml(file);
  if (/^[{[]/.test(beginning)) {
    atMost(file, largestJson);
    return readJson(parseJson(await wholeText(file)));
  }
  if (/^(TN|SF):/.test(beginning)) return readLcov(linesOf(file));
  throw unknown(`begins with \`${oneLine(beginning.slice(0, 30))}\``);
}

async function readXml(file: ReportFile): Promise<Facts> {
  let reader: ReturnType<typeof junitReader> | ReturnType<typeof coberturaReader> | undefined;
  const root: ElementReader = {
    open(name, attributes) {
      reader ??= readerOf(name);
      reader.open(name, attributes);
    },
    text: (piece) => reader?.text(piece),
    close: (name) => reader?.close(name),
  };
  await file.elements(root);
  if (!reader) throw new Unreadable('is XML without an element.');
  return reader.facts();
}

function readerOf(root: string) {
  if (root === 'testsuites' || root === 'testsuite') return junitReader();
  if (root === 'coverage') return coberturaReader();
  throw unknown(`is XML whose root is <${oneLine(root)}>`);
}

function readJson(value: unknown): Facts {
  if (isSnyk(value)) return readSnyk(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unknown('is a JSON list');
  const fields = value as Readonly<Record<string, unknown>>;
  if (Object.keys(fields).length === 0) throw new Unreadable('is an empty JSON object.');
  if (isSarif(fields)) return readSarif(value);
  if (isTrivy(fields)) return readTrivy(value);
  const read = auditReader(fields) ?? k6Reader(fields);
  if (read) return read(value);
  if (isSummary(fields)) return readSummary(value);
  if (isFinal(fields)) return readFinal(value);
  const names = Object.keys(fields).slice(0, 4).map(oneLine);
  throw unknown(`is JSON with ${names.map((name) => `\`${name}\``).join(', ')}`);
}

function unknown(what: string): Unreadable {
  return new Unreadable(`${what}, which is no format known here: ${knownFormats}.`);
}

async function* linesOf(file: ReportFile): AsyncIterable<string> {
  let rest = '';
  for await (const piece of file.text()) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) throw new Unreadable(`has a line of more than ${longestLine} characters.`);
    for (const line of lines) yield line.trimEnd();
  }
  if (rest !== '') yield rest.trimEnd();
}
