import { Unreadable } from '@promo-actions/core/reports';

/** Bytes that tell a file's encoding: a byte order mark, or the declaration that XML begins with. */
const telling = 256;

/** The text of a file in pieces. PowerShell writes UTF-16 where others write UTF-8, and old XML tools Latin-1. @throws Unreadable */
export async function* decoded(chunks: AsyncIterable<Buffer>): AsyncIterable<string> {
  let decoder: TextDecoder | undefined;
  let beginning = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (decoder) yield decoder.decode(chunk, { stream: true });
    else {
      beginning = Buffer.concat([beginning, chunk]);
      if (beginning.length < telling) continue;
      decoder = decoderFor(beginning);
      yield decoder.decode(beginning, { stream: true });
    }
  }
  yield decoder ? decoder.decode() : decoderFor(beginning).decode(beginning);
}

function decoderFor(beginning: Buffer): TextDecoder {
  const [first, second] = beginning;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le');
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be');
  const [, declared = 'utf-8'] =
    /^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']/.exec(
      beginning.toString('latin1', 0, telling).replace(/^ï»¿/, ''),
    ) ?? [];
  try {
    return new TextDecoder(declared);
  } catch {
    throw new Unreadable(`is written in ${declared}, an encoding that is not known here.`);
  }
}
