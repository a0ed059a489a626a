import { createHash } from 'node:crypto';

/** Git's own objects, byte for byte, so that every Git reads them and names them as they are named here. */
export interface GitObject {
  readonly kind: 'blob' | 'tree' | 'commit' | 'tag';
  readonly body: Buffer;
}

export interface Leaf {
  /** As Git writes it: `100644` a file, `100755` one that runs, `120000` a link. */
  readonly mode: string;
  /** Of the blob. */
  readonly sha: string;
}
/** A whole tree, flat: by path. */
export type Files = ReadonlyMap<string, Leaf>;

export interface Person {
  /** A login, for commits that were made here. */
  readonly name: string;
  readonly email: string;
  /** Epoch milliseconds; Git keeps seconds. */
  readonly at: number;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  /** The first one is the branch that was committed to. */
  readonly parents: readonly string[];
  readonly author: Person;
  readonly message: string;
}

/** An annotated tag. */
export interface TagObject {
  readonly sha: string;
  readonly tag: string;
  readonly message: string;
  /** A commit. */
  readonly target: string;
  readonly tagger: Person;
}

export interface Named {
  readonly sha: string;
  readonly object: GitObject;
}

const named = (object: GitObject): Named => ({ sha: nameOf(object), object });

export function framed({ kind, body }: GitObject): Buffer {
  return Buffer.concat([Buffer.from(`${kind} ${body.length}\0`), body]);
}

export function nameOf(object: GitObject): string {
  return createHash('sha1').update(framed(object)).digest('hex');
}

export function blobOf(content: string | Buffer): Named {
  return named({ kind: 'blob', body: Buffer.from(content) });
}

/** The trees of a folder and all within it, its own last. @throws Error for a path that is a file and a folder */
export function treesOf(files: Files): readonly Named[] {
  const entries = new Map<string, { readonly mode: string; readonly sha: string }>();
  const folders = new Map<string, Map<string, Leaf>>();
  for (const [path, leaf] of files) {
    const [first = '', ...rest] = path.split('/');
    if (rest.length === 0) entries.set(first, leaf);
    else folders.set(first, (folders.get(first) ?? new Map()).set(rest.join('/'), leaf));
  }
  const below = [...folders].flatMap(([name, inside]) => {
    if (entries.has(name)) throw new Error(`${name} is to be a file and a folder`);
    const trees = treesOf(inside);
    entries.set(name, { mode: '40000', sha: trees.at(-1)?.sha ?? '' });
    return trees;
  });
  // Git sorts by bytes, a folder as if its name ended with a slash.
  const key = (name: string) => Buffer.from(folders.has(name) ? `${name}/` : name);
  const sorted = [...entries].sort(([a], [b]) => Buffer.compare(key(a), key(b)));
  const lines = sorted.flatMap(([name, { mode, sha }]) => [
    Buffer.from(`${mode} ${name}\0`),
    Buffer.from(sha, 'hex'),
  ]);
  return [...below, named({ kind: 'tree', body: Buffer.concat(lines) })];
}

export function readTree(body: Buffer): readonly (Leaf & { readonly name: string })[] {
  const entries: (Leaf & { readonly name: string })[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf(0, at);
    const [mode = '', ...name] = body.toString('utf8', at, end).split(' ');
    entries.push({ mode, name: name.join(' '), sha: body.toString('hex', end + 1, end + 21) });
    at = end + 21;
  }
  return entries;
}

export function commitOf({ tree, parents, author, message }: Omit<Commit, 'sha'>): Named {
  const lines = [
    `tree ${tree}`,
    ...parents.map((sha) => `parent ${sha}`),
    `author ${signature(author)}`,
    `committer ${signature(author)}`,
    '',
    message,
  ];
  return named({ kind: 'commit', body: Buffer.from(lines.join('\n')) });
}

export function readCommit(sha: string, body: Buffer): Commit {
  const { fields, message } = parts(body);
  return {
    sha,
    tree: fields.tree?.[0] ?? '',
    parents: fields.parent ?? [],
    author: readSignature(fields.author?.[0] ?? ''),
    message,
  };
}

export function tagOf({ tag, message, target, tagger }: Omit<TagObject, 'sha'>): Named {
  const lines = [
    `object ${target}`,
    'type commit',
    `tag ${tag}`,
    `tagger ${signature(tagger)}`,
    '',
    `${message}\n`,
  ];
  return named({ kind: 'tag', body: Buffer.from(lines.join('\n')) });
}

export function readTag(sha: string, body: Buffer): TagObject {
  const { fields, message } = parts(body);
  return {
    sha,
    tag: fields.tag?.[0] ?? '',
    target: fields.object?.[0] ?? '',
    tagger: readSignature(fields.tagger?.[0] ?? ''),
    message,
  };
}

function parts(body: Buffer) {
  const text = body.toString('utf8');
  const end = text.indexOf('\n\n');
  const fields: Record<string, string[]> = {};
  for (const line of text.slice(0, end).split('\n')) {
    const [, name, value = ''] = /^(\w+) (.*)$/.exec(line) ?? [];
    if (name) fields[name] = [...(fields[name] ?? []), value];
  }
  return { fields, message: text.slice(end + 2).replace(/\n$/, '') };
}

function signature({ name, email, at }: Person): string {
  const plain = (text: string) => text.replace(/[<>\n]/g, '');
  return `${plain(name)} <${plain(email)}> ${Math.floor(at / 1_000)} +0000`;
}

function readSignature(line: string): Person {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<([^>]*)> (\d+)/.exec(line) ?? [];
  return { name, email, at: Number(seconds) * 1_000 };
}
