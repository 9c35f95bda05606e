/** The language server as a program: over standard streams, Node's IPC, a socket or a pipe. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { version } from '../../../package.json';
import { createServer } from '../lsp/server.js';
import { readKnowledgeFolders } from './knowledgeFolders.js';

const USAGE = `stopcode-language-server ${version}: explains crash logs in any editor that speaks the language server protocol.

usage: stopcode-language-server --stdio | --node-ipc | --socket=PORT | --pipe=NAME
       stopcode-language-server --version | --help
`;

/** Options that name a transport, as `createConnection` reads them from the command line. */
const TRANSPORT = /^--(?:stdio|node-ipc|socket(?:=.*)?|pipe(?:=.*)?)$/;

function main(args: readonly string[]): void {
  if (args.includes('--version')) {
    process.stdout.write(`${version}\n`);
    return;
  }
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return;
  }
  const problem = problemOf(args);
  if (problem !== undefined) {
    process.stderr.write(`stopcode-language-server: ${problem}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  serve();
}

/** What is wrong with the command line. */
function problemOf(args: readonly string[]): string | undefined {
  const transport = args.find((arg) => TRANSPORT.test(arg));
  if (transport === undefined) return 'no transport is named; an editor starts this program with --stdio, --node-ipc, --socket=PORT or --pipe=NAME';
  if (transport === '--node-ipc' && process.send === undefined) return '--node-ipc works only for a process that was started with an IPC channel';
  const [name, given] = transport.split('=', 2);
  const value = given ?? args[args.indexOf(transport) + 1] ?? '';
  if (name === '--socket' && !(/^\d{1,5}$/.test(value) && Number(value) > 0 && Number(value) < 65_536)) return `"${value}" is no port; --socket=PORT takes a number from 1 to 65535`;
  if (name === '--pipe' && value === '') return '--pipe=NAME takes the name of a pipe';
  return undefined;
}

function serve(): void {
  let log = (message: string): void => void process.stderr.write(`${message}\n`);
  process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
    // The editor is gone, or was never there.
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') process.exit(1);
    if (error.syscall === 'connect') {
      process.stderr.write(`stopcode-language-server: cannot connect to the editor: ${error.message}\n`);
      process.exit(1);
    }
    log(`unexpected error: ${error.stack ?? error.message}`);
  });
  process.on('unhandledRejection', (reason) => {
    log(`unexpected error: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`);
  });

  const connection = createConnection(ProposedFeatures.all);
  log = (message) => connection.console.error(message);
  createServer(connection, {
    version,
    knowledge: (table) => JSON.parse(readFileSync(join(__dirname, 'knowledge', `${table}.json`), 'utf8')) as unknown,
    later: (run) => void setImmediate(run),
    now: () => performance.now(),
    readKnowledgeFolders,
  });
  connection.listen();
}

main(process.argv.slice(2));
