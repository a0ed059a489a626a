export { cell, table, withinSummaryLimit } from './markdown.ts';
