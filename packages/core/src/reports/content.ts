import { type ReportFile, Unreadable } from './report-file.ts';

const mebibyte = 1_048_576;

/** @throws Unreadable when the file has more bytes than are read */
export function atMost(file: ReportFile, mebibytes: number): void {
  if (file.size > mebibytes * mebibyte)
    throw new Unreadable(`has ${Math.ceil(file.size / mebibyte)} MiB; at most ${mebibytes} MiB are read.`);
}

/** The first characters that are no white space. @throws Unreadable when there is none */
export async function beginningOf(file: ReportFile): Promise<string> {
  let beginning = '';
  for await (const piece of file.text()) {
    beginning = (beginning + piece).trimStart();
    if (beginning.length >= 30) break;
  }
  if (beginning === '') throw new Unreadable('is empty.');
  return beginning;
}

/** The whole text of a file that is small enough to be held. */
export async function wholeText(file: ReportFile): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of file.text()) pieces.push(piece);
  return pieces.join('');
}
