export { atMost, beginningOf, wholeText } from './content.ts';
export { parseJson, shaped } from './json.ts';
export { placeOf } from './place.ts';
export { type ReadFile, readEach } from './read-each.ts';
export {
  type ElementReader,
  type PatternFiles,
  type ReportFile,
  type ReportFiles,
  Unreadable,
} from './report-file.ts';
