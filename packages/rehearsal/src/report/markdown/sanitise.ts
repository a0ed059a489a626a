import { escapeText } from '../markup/index.ts';

/** The elements of a job summary that GitHub shows, without those that fetch something. */
const ALLOWED = new Set(
  'a b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i input ins kbd li mark ol p pre q s samp small span strike strong sub summary sup table tbody td tfoot th thead tr tt u ul var'.split(
    ' ',
  ),
);
const VOID = new Set(['br', 'hr', 'input']);
/** Browsers flatten what is nested deeper than about 500, and then end tags no longer mean what they say. */
const DEEPEST = 60;

const TAG =
  /<!--[\s\S]*?(?:-->|$)|<(\/?)([a-z][a-z0-9-]*)((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*\/?>/gi;
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

/**
 * Markup that Markdown made of a step's summary, brought down to what is known to be harmless: each element and
 * attribute is one of a small set and written anew, all else is shown as the text it is, and every element is closed,
 * so that nothing of the page around it can be ended from inside.
 */
export function sanitise(markup: string): string {
  let out = '';
  let at = 0;
  const open: string[] = [];
  for (const match of markup.matchAll(TAG)) {
    out += text(markup.slice(at, match.index));
    at = match.index + match[0].length;
    const [whole, slash, written = '', attributes = ''] = match;
    const name = written.toLowerCase();
    if (name === '') continue;
    if (name === 'img') {
      out += picture(attributes);
    } else if (!ALLOWED.has(name)) {
      out += text(whole);
    } else if (slash) {
      const depth = open.lastIndexOf(name);
      if (depth >= 0) out += closing(open.splice(depth));
    } else if (VOID.has(name)) {
      if (name !== 'input' || /checkbox/i.test(attributes)) out += `<${name}${kept(name, attributes)}>`;
    } else if (open.length < DEEPEST) {
      open.push(name);
      out += `<${name}${kept(name, attributes)}>`;
    }
  }
  return out + text(markup.slice(at)) + closing(open);
}

function closing(elements: readonly string[]): string {
  return [...elements]
    .reverse()
    .map((name) => `</${name}>`)
    .join('');
}

/** Text with the entities it has. */
function text(piece: string): string {
  return escapeText(piece).replace(/&amp;(#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/gi, '&$1;');
}

/** A picture would have to be fetched, so only what it shows is told. */
function picture(attributes: string): string {
  const alt = pairs(attributes).get('alt');
  return alt ? `<i>[picture: ${text(alt)}]</i>` : '';
}

function pairs(attributes: string): Map<string, string> {
  return new Map(
    [...attributes.matchAll(ATTRIBUTE)].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      double ?? single ?? bare ?? '',
    ]),
  );
}

function kept(element: string, attributes: string): string {
  const given = pairs(attributes);
  const some: string[] = element === 'input' ? [' type="checkbox" disabled'] : [];
  for (const [name, value] of given) {
    const safe = attribute(element, name, value);
    if (safe !== undefined) some.push(` ${name}="${text(safe)}"`);
  }
  if (element === 'a' && given.has('href')) some.push(' rel="noreferrer noopener"');
  return some.join('');
}

/** An attribute's value when the element may have it. */
function attribute(element: string, name: string, value: string): string | undefined {
  if (name === 'href' && element === 'a') return /^(https?:\/\/|mailto:)/i.test(value) ? value : undefined;
  if (name === 'title') return value;
  if (name === 'open' && element === 'details') return '';
  if (name === 'checked' && element === 'input') return '';
  if (name === 'align' && /^(left|center|right)$/i.test(value)) return value;
  if (/^(colspan|rowspan)$/.test(name) && /^(td|th)$/.test(element))
    return /^\d{1,3}$/.test(value) ? value : undefined;
  if (name === 'start' && element === 'ol') return /^\d{1,9}$/.test(value) ? value : undefined;
  return undefined;
}
