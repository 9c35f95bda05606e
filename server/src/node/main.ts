/** The language server as a program: over standard streams, Node's IPC, a socket or a pipe. */
import { readFileSync } from 'node:fs';
import { connect, Socket, type OnReadOpts } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { createConnection, ProposedFeatures, type Connection } from 'vscode-languageserver/node';
import { version } from '../../../package.json';
import { createServer } from '../lsp/server.js';
import { writerTo } from './jsonWriter.js';
import { addressOf, readKnowledgeFolders } from './knowledgeFolders.js';
import { BytesReader } from './messageReader.js';

const USAGE = `stopcode-language-server ${version}: explains crash logs in any editor that speaks the language server protocol.

usage: stopcode-language-server --stdio | --node-ipc | --socket=PORT | --pipe=NAME
       stopcode-language-server --version | --help
`;

/** Options that name a transport. The value of the last two can also be the next argument. */
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
  const transport = transportOf(args);
  if (typeof transport === 'string') {
    process.stderr.write(`stopcode-language-server: ${transport}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  serve(transport);
}

interface Transport {
  readonly connect: () => Connection;
  /** Whether messages go through a stream, or through Node's channel. */
  readonly isStream: boolean;
}

/** How to make the connection that the command line names, or what is wrong with it. */
function transportOf(args: readonly string[]): Transport | string {
  const transport = args.find((arg) => TRANSPORT.test(arg));
  if (transport === undefined) return 'no transport is named; an editor starts this program with --stdio, --node-ipc, --socket=PORT or --pipe=NAME';
  const [name, given] = transport.split('=', 2);
  const value = given ?? args[args.indexOf(transport) + 1] ?? '';
  if (name === '--socket') {
    const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
    if (port < 1 || port > 65_535) return `"${value}" is no port; --socket=PORT takes a number from 1 to 65535`;
    return { isStream: true, connect: () => overSocket({ port, host: '127.0.0.1' }) };
  }
  if (name === '--pipe') return value === '' ? '--pipe=NAME takes the name of a pipe' : { isStream: true, connect: () => overSocket({ path: value }) };
  if (name === '--node-ipc' && process.send === undefined) return '--node-ipc works only for a process that was started with an IPC channel';
  if (name === '--stdio') return { isStream: true, connect: overStandardStreams };
  // Streams that end take the process with them; a channel that is closed does not.
  process.on('disconnect', () => process.exit(1));
  return { isStream: false, connect: () => createConnection(ProposedFeatures.all) };
}

/** Bytes read at once. Streams of today's systems hand over some 200 KB. */
const READ_BYTES = 262_144;

/** Has a stream read everything into one buffer. */
function into(reader: BytesReader): OnReadOpts {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  return {
    buffer,
    callback: (count) => {
      reader.take(buffer.subarray(0, count));
      return true;
    },
  };
}

function overStandardStreams(): Connection {
  const reader = new BytesReader();
  let input: NodeJS.ReadableStream;
  try {
    // Node's types know `onread` only of `connect`.
    const options = { fd: 0, readable: true, writable: false, onread: into(reader) };
    input = new Socket(options).resume();
  } catch {
    // It is a file.
    input = process.stdin.on('data', (bytes: Buffer) => reader.take(bytes));
  }
  return overStream(reader, input, process.stdout);
}

/** The editor listens, the server connects. */
function overSocket(address: { port: number; host: string } | { path: string }): Connection {
  const reader = new BytesReader();
  const socket = connect({ ...address, onread: into(reader) });
  socket.on('error', (error) => {
    process.stderr.write(`stopcode-language-server: the connection to the editor failed: ${error.message}\n`);
    process.exit(1);
  });
  socket.resume();
  return overStream(reader, socket, socket);
}

/** The process ends with the stream that it reads, as it does where the library makes reader and writer. */
function overStream(reader: BytesReader, input: NodeJS.ReadableStream, output: Writable): Connection {
  const connection = createConnection(ProposedFeatures.all, reader, writerTo(output));
  input.on('error', (error: Error) => reader.failed(error));
  let status = 1;
  connection.onShutdown(() => { status = 0; });
  for (const event of ['end', 'close']) input.on(event, () => process.exit(status));
  return connection;
}

function serve({ connect: open, isStream }: Transport): void {
  let log = (message: string): void => void process.stderr.write(`${message}\n`);
  process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
    // The editor is gone, or was never there.
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') process.exit(1);
    log(`unexpected error: ${error.stack ?? error.message}`);
  });
  process.on('unhandledRejection', (reason) => {
    log(`unexpected error: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`);
  });

  const connection = open();
  log = (message) => connection.console.error(message);
  createServer(connection, {
    version,
    knowledge: (table) => JSON.parse(readFileSync(join(__dirname, 'knowledge', `${table}.json`), 'utf8')) as unknown,
    later: (run) => void setImmediate(run),
    after: (milliseconds, run) => void setTimeout(run, milliseconds).unref(),
    now: () => performance.now(),
    writesTypedArrays: isStream,
    addressOf,
    readKnowledgeFolders,
  });
  connection.listen();
}

main(process.argv.slice(2));
