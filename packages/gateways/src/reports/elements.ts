import { type ElementReader, Unreadable } from '@promo-actions/core/reports';
import sax from 'sax';

/** An attribute, comment or tag may be so long; text may be longer, and comes in pieces. Characters. */
const longest = 4 * 1_048_576;
Object.assign(sax, { MAX_BUFFER_LENGTH: longest });
/** No other entity than `&amp;` and its four kin; the package's types do not know the option. */
const options: sax.SAXOptions & { readonly strictEntities: true } = { strictEntities: true };
const deepest = 200;
const mostAttributes = 200;

/**
 * Reads XML as it comes, holding no more than the piece at hand. Entities are those of XML alone: a document that declares its own is
 * refused, and none is ever expanded or fetched. @throws Unreadable where it is not well-formed, or breaks off
 */
export async function readElements(pieces: AsyncIterable<string>, reader: ElementReader): Promise<void> {
  const parser = sax.parser(true, options);
  let [depth, attributes, roots] = [0, 0, 0];
  parser.onerror = (error) => {
    throw new Unreadable(`is not well-formed XML: ${wordsOf(error.message)} in line ${parser.line + 1}.`);
  };
  parser.ondoctype = (doctype) => {
    if (/<!ENTITY/i.test(doctype))
      throw new Unreadable('declares XML entities of its own, which no report needs.');
  };
  parser.onopentagstart = () => {
    attributes = 0;
  };
  parser.onattribute = () => {
    attributes += 1;
    if (attributes > mostAttributes)
      throw new Unreadable(`has an element with more than ${mostAttributes} attributes.`);
  };
  parser.onopentag = ({ name, attributes }) => {
    if (depth === 0) roots += 1;
    if (roots > 1) throw new Unreadable('is not well-formed XML: it has more than one root.');
    depth += 1;
    if (depth > deepest) throw new Unreadable(`is nested more than ${deepest} levels deep.`);
    reader.open(name, attributes as Readonly<Record<string, string>>);
  };
  parser.ontext = (text) => reader.text(text);
  parser.oncdata = (text) => reader.text(text);
  parser.onclosetag = (name) => {
    depth -= 1;
    reader.close(name);
  };
  for await (const piece of pieces) parser.write(piece);
  if (depth > 0) throw new Unreadable('breaks off: not all of its elements are closed.');
  parser.close();
}

/** The parser adds line, column and character on lines of their own. */
function wordsOf(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/\.$/, '').toLowerCase().slice(0, 100);
}
