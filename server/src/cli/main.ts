/** The command line: wires the process to the program. */
import { join } from 'node:path';
import { codeOf, reasonOf } from './errors.js';
import { type Host, type Output, Stopped } from './host.js';
import { isThread, serveThread } from './pool.js';
import { run } from './run.js';

/** By which a program is asked to end, Ctrl-C and what job runners and containers send, with its status then: 128 and the number of the signal. */
const SIGNALS = [['SIGINT', 130], ['SIGTERM', 143]] as const;
/** Time to tell what was found so far. A second signal of the same kind ends at once. */
const LAST_WORDS_MS = 3_000;

function output(stream: NodeJS.WriteStream): Output {
  return {
    isTerminal: stream.isTTY,
    columns: stream.isTTY ? stream.columns : undefined,
    write: (text) => new Promise((resolve) => {
      if (stream.write(text)) resolve();
      else stream.once('drain', resolve);
    }),
  };
}

async function main(program: string): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      // Who reads the report has seen enough: `stopcode … | head`.
      if (codeOf(error) === 'EPIPE') process.exit();
      if (stream === process.stdout) process.stderr.write(`stopcode: the report cannot be written: ${reasonOf(error)}\n`);
      process.exit(2);
    });
  }
  const stop = new AbortController();
  let stopped = 2;
  for (const [signal, status] of SIGNALS) {
    process.once(signal, () => {
      stopped = status;
      stop.abort(new Stopped());
      // Ends the wait for a pipe that says nothing.
      process.stdin.destroy();
      setTimeout(() => process.exit(status), LAST_WORDS_MS).unref();
    });
  }
  const host: Host = {
    stdin: process.stdin,
    stdinIsTerminal: process.stdin.isTTY,
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    env: process.env,
    knowledgeFolder: join(__dirname, 'knowledge'),
    program,
    code: __filename,
    stop: stop.signal,
  };
  try {
    process.exitCode = await run(process.argv.slice(2), host);
  } catch (error) {
    if (stop.signal.aborted || error instanceof Stopped) {
      process.exitCode = stopped;
      return;
    }
    await host.stderr.write(`stopcode: this is a mistake in Stopcode, please report it.\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 2;
  }
}

/** Starts the program, or one of its threads, which are started with the file `program` as well. */
export function start(program: string): void {
  if (isThread()) serveThread();
  else void main(program);
}
