/** The program without its process: arguments in, exit status out. */
import { analyzeCommand } from './analyzeCommand.js';
import { type Arguments, commandOf, readArguments } from './arguments.js';
import { InputError, UsageError } from './errors.js';
import { explainCommand } from './explainCommand.js';
import type { Host } from './host.js';
import { issuesCommand } from './issuesCommand.js';
import { neutral } from './terminal.js';
import { help } from './usage.js';
import { VERSION } from './version.js';

/** Runs the program; answers the exit status. Rejects with `Stopped`, or where the program itself is wrong. */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  try {
    return await dispatch(readArguments(argv), host);
  } catch (error) {
    if (error instanceof UsageError) {
      // The options stand in the help of each command.
      await host.stderr.write(`stopcode: ${neutral(error.message)}\nTry: ${['stopcode', commandOf(argv), '--help'].filter((word) => word !== undefined).join(' ')}\n`);
      return 2;
    }
    if (!(error instanceof InputError)) throw error;
    await host.stderr.write(`stopcode: ${neutral(error.message)}\n`);
    return 2;
  }
}

async function dispatch(args: Arguments, host: Host): Promise<number> {
  switch (args.command) {
    case 'analyze': return analyzeCommand(args, host);
    case 'explain': return explainCommand(args, host);
    case 'issues': return issuesCommand(args, host);
    case 'version':
      await host.stdout.write(`stopcode ${VERSION}\n`);
      return 0;
    case 'help':
      await host.stdout.write(help(args.topic));
      return 0;
  }
}
