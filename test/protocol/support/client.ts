/** A small client of the language server protocol that speaks over anything: a process, two streams, a worker. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { PassThrough } from 'node:stream';
import type { CodeAction, Diagnostic, Hover, InitializeResult, PublishDiagnosticsParams } from 'vscode-languageserver';
import { createConnection, ProposedFeatures, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { createServer } from '../../../server/src/lsp/server.js';
import type { Host } from '../../../server/src/lsp/host.js';
import { built } from './build.js';

export interface Message {
  readonly jsonrpc: '2.0';
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** An error answer of the server. */
export class AnswerError extends Error {
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

export const COMMANDS = ['stopcode.openLink', 'stopcode.copyText', 'stopcode.showExplanation', 'stopcode.dismiss', 'stopcode.createIssue'];

/** What VS Code says it can do, as far as it matters here. */
export const CAPABILITIES = {
  general: { positionEncodings: ['utf-16'] },
  window: { showDocument: { support: true } },
  workspace: {
    configuration: true, workspaceFolders: true, didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true }, semanticTokens: { refreshSupport: true },
    inlayHint: { refreshSupport: true },
  },
  textDocument: {
    publishDiagnostics: { relatedInformation: true, versionSupport: true },
    hover: { contentFormat: ['markdown', 'plaintext'] },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    inlayHint: { resolveSupport: { properties: ['tooltip'] } },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix'] } }, isPreferredSupport: true },
    semanticTokens: { requests: { full: { delta: true }, range: true }, tokenTypes: [], tokenModifiers: [], formats: ['relative'] },
  },
};

export class Client {
  settings: unknown = {};
  /** Messages of the server that are no answers, oldest first. */
  readonly received: Message[] = [];
  /** Ends the server's side. */
  stop: () => Promise<void> | void = () => undefined;
  #id = 0;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #watchers: (() => void)[] = [];

  constructor(readonly send: (message: Message) => void) {}

  receive(message: Message): void {
    if (message.method === undefined) {
      const pending = this.#pending.get(message.id as number);
      this.#pending.delete(message.id as number);
      if (message.error === undefined) pending?.resolve(message.result);
      else pending?.reject(new AnswerError(message.error.code, message.error.message));
      return;
    }
    this.received.push(message);
    if (message.id !== undefined) this.send({ jsonrpc: '2.0', id: message.id, result: this.#answer(message) });
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  #answer({ method, params }: Message): unknown {
    if (method === 'workspace/configuration') {
      const { items } = params as { items: readonly { section?: string }[] };
      return items.map(({ section }) => (section === 'stopcode' ? this.settings : null));
    }
    return method === 'window/showDocument' ? { success: true } : null;
  }

  request<T>(method: string, params: unknown): Promise<T> {
    return this.begin<T>(method, params).answer;
  }

  /** A request that can be cancelled. */
  begin<T>(method: string, params: unknown): { answer: Promise<T>; cancel(): void } {
    const id = ++this.#id;
    const answer = new Promise<T>((resolve, reject) => { this.#pending.set(id, { resolve, reject }); });
    this.send({ jsonrpc: '2.0', id, method, params });
    return { answer, cancel: () => this.notify('$/cancelRequest', { id }) };
  }

  notify(method: string, params: unknown): void {
    this.send({ jsonrpc: '2.0', method, params });
  }

  /** The first message, past or coming, that fits. */
  async message(fits: (message: Message) => boolean, milliseconds = 15_000): Promise<Message> {
    const end = Date.now() + milliseconds;
    for (;;) {
      const found = this.received.find(fits);
      if (found !== undefined) return found;
      const left = end - Date.now();
      if (left <= 0) throw new Error(`the server did not send what was waited for; it sent ${JSON.stringify(this.received.map((message) => message.method))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#watchers.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** The problems published for a version of a document. */
  async diagnostics(uri: string, version = 1): Promise<Diagnostic[]> {
    const message = await this.message(({ method, params }) => {
      const published = params as PublishDiagnosticsParams;
      return method === 'textDocument/publishDiagnostics' && published.uri === uri && published.version === version;
    });
    return (message.params as PublishDiagnosticsParams).diagnostics;
  }

  async initialize(options: { capabilities?: unknown; initializationOptions?: unknown; folders?: readonly string[] } = {}): Promise<InitializeResult> {
    const { capabilities = CAPABILITIES, initializationOptions = { commands: COMMANDS }, folders } = options;
    const result = await this.request<InitializeResult>('initialize', {
      processId: process.pid, rootUri: null, capabilities, initializationOptions,
      workspaceFolders: folders?.map((uri) => ({ uri, name: 'folder' })) ?? null,
    });
    this.notify('initialized', {});
    return result;
  }

  open(uri: string, text: string, languageId = 'crashlog', version = 1): void {
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId, version, text } });
  }

  change(uri: string, version: number, ...contentChanges: unknown[]): void {
    this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
  }

  async hoverText(uri: string, line: number, character: number): Promise<string | undefined> {
    const hover = await this.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position: { line, character } });
    return hover === null ? undefined : (hover.contents as { value: string }).value;
  }

  codeActions(uri: string, diagnostic: Diagnostic): Promise<CodeAction[]> {
    return this.request('textDocument/codeAction', { textDocument: { uri }, range: diagnostic.range, context: { diagnostics: [diagnostic] } });
  }
}

/** Puts messages into bytes and takes them out. */
export function frame(message: unknown): Buffer {
  const body = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

export function unframe(receive: (message: Message) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (data) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const header = rest.indexOf('\r\n\r\n');
      if (header < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(rest.toString('latin1', 0, header))?.[1]);
      if (rest.length < header + 4 + length) return;
      const body = rest.toString('utf8', header + 4, header + 4 + length);
      rest = rest.subarray(header + 4 + length);
      receive(JSON.parse(body) as Message);
    }
  };
}

/** The built server as a process. */
export function startProcess(args: readonly string[] = ['--stdio']): Client & { child: ChildProcessWithoutNullStreams } {
  const child = spawn(process.execPath, [built('server.js'), ...args], { stdio: 'pipe' });
  const client = new Client((message) => void child.stdin.write(frame(message)));
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', unframe((message) => client.receive(message)));
  client.stop = async () => {
    const ended = new Promise((resolve) => { child.once('exit', resolve); });
    if (child.exitCode !== null) return;
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
    await ended;
    clearTimeout(timer);
  };
  return Object.assign(client, { child });
}

/** The server in this process, with the client at the other end of two streams. */
export function startInProcess(host: Partial<Host> = {}): Client {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const connection = createConnection(ProposedFeatures.all, new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
  createServer(connection, {
    version: '0.0.0', knowledge: () => undefined, later: (run) => void setImmediate(run), after: (milliseconds, run) => void setTimeout(run, milliseconds).unref(), now: () => performance.now(), readKnowledgeFolders: () => Promise.resolve([]), ...host,
  });
  connection.listen();
  const client = new Client((message) => void toServer.write(frame(message)));
  toClient.on('data', unframe((message) => client.receive(message)));
  client.stop = () => connection.dispose();
  return client;
}
