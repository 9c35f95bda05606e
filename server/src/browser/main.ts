/** The language server in a Web Worker. It reads no files: the client sends the user's knowledge. */
import tables from 'stopcode:knowledge';
import { BrowserMessageReader, BrowserMessageWriter, createConnection, ProposedFeatures } from 'vscode-languageserver/browser';
import { version } from '../../../package.json';
import { createServer } from '../lsp/server.js';

declare const self: DedicatedWorkerGlobalScope;

const connection = createConnection(ProposedFeatures.all, new BrowserMessageReader(self), new BrowserMessageWriter(self));

// A message to oneself lets the messages of the client that wait come first; timers would wait milliseconds.
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => { waiting.shift()?.(); };

createServer(connection, {
  version,
  knowledge: (table) => tables[table],
  later: (run) => {
    waiting.push(run);
    port2.postMessage(undefined);
  },
  after: (milliseconds, run) => void setTimeout(run, milliseconds),
  now: () => performance.now(),
  readKnowledgeFolders: () => Promise.resolve([]),
});
connection.listen();
