/** A file that is no report, or not a whole one. The message is the end of the sentence "`file` …". */
export class Unreadable extends Error {}

/** Told what stands in an XML file, in its order. It may throw Unreadable. */
export interface ElementReader {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  /** Text or CDATA, in pieces. */
  text(piece: string): void;
  close(name: string): void;
}

/** A file that is asked for its content; whatever its size it is read in pieces. */
export interface ReportFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** The text, decoded. @throws Unreadable */
  text(): AsyncIterable<string>;
  /** Reads it as XML without entities of its own. @throws Unreadable where it is not well-formed, or breaks off */
  elements(reader: ElementReader): Promise<void>;
}

export interface ReportFiles {
  /** The files that each pattern names, sorted; a pattern that begins with `!` takes its files out of all others. */
  find(patterns: readonly string[]): Promise<readonly PatternFiles[]>;
  /** @throws Unreadable when it is no file, or may not be read */
  open(path: string): Promise<ReportFile>;
}

export interface PatternFiles {
  readonly pattern: string;
  readonly paths: readonly string[];
}
