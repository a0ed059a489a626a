import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A file's text. When `promo` is bundled, the build puts the text itself in the place of each call. */
function fileText(path: string): string {
  return readFileSync(createRequire(import.meta.url).resolve(path), 'utf8');
}

export function style(): string {
  return [fileText('uplot/dist/uPlot.min.css'), fileText('./page.css'), fileText('./parts.css')].join('\n');
}

/** uPlot's licence wants to go wherever uPlot goes. */
export function script(): string {
  const licence = `/*! uPlot: ${fileText('uplot/LICENSE').trim()} */`;
  return [licence, fileText('uplot/dist/uPlot.iife.min.js'), fileText('./draw-charts.js')].join('\n');
}
