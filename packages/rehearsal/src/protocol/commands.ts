/** One `::name key=value,key=value::message` line of a step's output. */
export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Reads a workflow command; undefined when the line is none. */
function readCommand(line: string): Command | undefined {
  const match = /^\s*::([^\s:]+)(?: ([\s\S]*?))?::([\s\S]*)$/.exec(line);
  if (!match) return undefined;
  const [, name = '', written = '', message = ''] = match;
  const properties: Record<string, string> = {};
  for (const pair of written.split(',')) {
    const at = pair.indexOf('=');
    if (at > 0) properties[pair.slice(0, at).trim().toLowerCase()] = unescapeProperty(pair.slice(at + 1));
  }
  return { name: name.toLowerCase(), properties, message: unescapeMessage(message) };
}

function unescapeMessage(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  return unescapeMessage(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}

export type AnnotationLevel = 'error' | 'warning' | 'notice';

export interface Annotation {
  readonly level: AnnotationLevel;
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
}

/** What a step's output line means to the run. */
export interface Listener {
  line(text: string): void;
  annotation(annotation: Annotation): void;
  mask(value: string): void;
}

/** GitHub shows at most so many annotations of a level for one step. */
const MOST_ANNOTATIONS = 10;

const REMOVED: Readonly<Record<string, string>> = {
  'set-output': 'GITHUB_OUTPUT',
  'save-state': 'GITHUB_STATE',
  'set-env': 'GITHUB_ENV',
  'add-path': 'GITHUB_PATH',
};

/** Follows the output of one step, line by line, and acts on the commands in it. */
export function createOutputReader(listener: Listener): (line: string) => void {
  let resumeToken: string | undefined;
  const seen: Record<AnnotationLevel, number> = { error: 0, warning: 0, notice: 0 };

  const annotate = (level: AnnotationLevel, command: Command) => {
    const { title, file, line } = command.properties;
    listener.line(`${level[0]?.toUpperCase()}${level.slice(1)}: ${command.message}`);
    seen[level] += 1;
    if (seen[level] > MOST_ANNOTATIONS) return;
    listener.annotation({
      level,
      message: command.message,
      ...(title ? { title } : {}),
      ...(file ? { file } : {}),
      ...(line ? { line: Number(line) } : {}),
    });
  };

  return (line) => {
    const command = readCommand(line);
    if (resumeToken !== undefined) {
      if (command?.name === resumeToken.toLowerCase()) resumeToken = undefined;
      else listener.line(line);
      return;
    }
    if (!command) return listener.line(line);
    const removed = REMOVED[command.name];
    if (removed) {
      const message = `The command ::${command.name}:: was removed by GitHub; write to the file in $${removed} instead.`;
      return annotate('error', { ...command, properties: {}, message });
    }
    switch (command.name) {
      case 'error':
      case 'warning':
      case 'notice':
        return annotate(command.name, command);
      case 'add-mask':
        return listener.mask(command.message);
      case 'group':
        return listener.line(`▸ ${command.message}`);
      case 'stop-commands':
        resumeToken = command.message;
        return;
      case 'endgroup':
      case 'debug':
      case 'echo':
      case 'add-matcher':
      case 'remove-matcher':
        return;
      default:
        return listener.line(line);
    }
  };
}
