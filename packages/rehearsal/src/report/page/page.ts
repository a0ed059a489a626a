import { createHash } from 'node:crypto';
import { type Html, html, render, trusted } from '../markup/index.ts';
import { script, style } from './assets.ts';

/**
 * One HTML file that needs nothing else. Its policy lets only this very script run and nothing be fetched, so that even
 * markup that slipped in could do no harm.
 */
export function page(title: string, body: Html): string {
  const code = `\n${script()}\n`;
  const hash = createHash('sha256').update(code).digest('base64');
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
  return render(html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>
${trusted(style())}
</style>
</head>
<body>
<main>
${body}
</main>
<script>${trusted(code)}</script>
</body>
</html>
`);
}
