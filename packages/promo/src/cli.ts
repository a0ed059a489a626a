import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promo, rehearseCommand, scenariosCommand } from '@promo-actions/rehearsal';
import { historyCommand } from './history/index.ts';
import { policyCommand } from './policy/index.ts';
import { windowsCommand } from './windows/index.ts';

const commands = [rehearseCommand, scenariosCommand, policyCommand, windowsCommand, historyCommand];

/** What ends a command that has met a mistake of its own: not the person's, so none of the documented codes. */
const BUG = 70;

const { stdout, stderr, env } = process;
const coloured = stdout.isTTY && env.NO_COLOR === undefined && env.TERM !== 'dumb';
// promo carries the SDK that it was tried with; what later ones need of Node is nothing for who runs it.
env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
// A reader that has seen enough (`promo … | head`) is no reason to complain.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

promo(commands, process.argv.slice(2), {
  out: (line) => void stdout.write(`${line}\n`),
  err: (line) => void stderr.write(`${line}\n`),
  ...(stdout.isTTY && env.TERM !== 'dumb' ? { terminal: stdout } : {}),
  colours: coloured,
  tools: dirname(fileURLToPath(import.meta.url)),
}).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    stderr.write(`promo has met a mistake of its own: ${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = BUG;
  },
);
