/** A node of the Atlassian Document Format, as far as tickets are read and written here. */
export interface Node {
  readonly type: string;
  readonly text?: string;
  readonly content?: readonly Node[];
  readonly marks?: readonly { readonly type: string; readonly attrs?: Readonly<Record<string, string>> }[];
}

export interface Document extends Node {
  readonly type: 'doc';
  readonly version: 1;
  readonly content: readonly Node[];
}

/** Plain text as a document: blank lines part paragraphs, lines that begin with `- ` are a list, addresses are links. */
export function toDocument(text: string): Document {
  const blocks = text
    .replace(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n/)
    .map((block) => block.replace(/^\n+|\n+$/g, ''))
    .filter((block) => block.trim() !== '');
  return { type: 'doc', version: 1, content: blocks.map(toBlock) };
}

function toBlock(block: string): Node {
  const lines = block.split('\n');
  if (!lines.every((line) => /^- ./.test(line))) return paragraph(lines);
  const items = lines.map((line): Node => ({ type: 'listItem', content: [paragraph([line.slice(2)])] }));
  return { type: 'bulletList', content: items };
}

function paragraph(lines: readonly string[]): Node {
  const content = lines.flatMap((line, index) => [
    ...(index > 0 ? [{ type: 'hardBreak' }] : []),
    ...inline(line),
  ]);
  return { type: 'paragraph', content };
}

function inline(line: string): readonly Node[] {
  return line
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/)
    .filter((part) => part !== '')
    .map((part): Node => {
      const isLink = /^https?:\/\/./.test(part);
      return {
        type: 'text',
        text: part,
        ...(isLink ? { marks: [{ type: 'link', attrs: { href: part } }] } : {}),
      };
    });
}

/** The text of a document, as `toDocument` would have been given it; what it does not know is read for its text alone. */
export function toText(node: Node): string {
  const parts = (node.content ?? []).map(toText);
  switch (node.type) {
    case 'text':
      return node.text ?? '';
    case 'hardBreak':
      return '\n';
    case 'doc':
      return parts.join('\n\n');
    case 'bulletList':
    case 'orderedList':
      return parts.map((item) => `- ${item}`).join('\n');
    default:
      return parts.join('');
  }
}
