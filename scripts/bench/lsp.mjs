// A language client over standard streams that measures: times are taken when the last byte of an answer has arrived, before
// it is parsed, and from the moment a message that was made beforehand is written.

import { spawn } from 'node:child_process';
import { ENVIRONMENT, memoryOf } from './measure.mjs';

const GIVE_UP_MS = 120_000;
const HEADER_END = Buffer.from('\r\n\r\n');

/** What an editor of today says of itself, in short. */
export const CAPABILITIES = {
  workspace: { configuration: true, workspaceFolders: true, didChangeConfiguration: { dynamicRegistration: true } },
  textDocument: {
    synchronization: { dynamicRegistration: true }, hover: { contentFormat: ['markdown', 'plaintext'] }, publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true, versionSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix'] } }, dataSupport: true, resolveSupport: { properties: ['edit'] } },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true }, foldingRange: { lineFoldingOnly: true },
    semanticTokens: { requests: { range: true, full: { delta: true } }, tokenTypes: ['keyword', 'string'], tokenModifiers: [], formats: ['relative'] },
  },
};

export const INITIALIZE = { processId: process.pid, rootUri: null, capabilities: CAPABILITIES, workspaceFolders: null };

export class Client {
  #child;
  #nextId = 1;
  #pieces = [];
  #have = 0;
  /** Bytes of the message that is arriving; undefined while its header is. */
  #need;
  #requests = new Map();
  #waiting = new Set();
  #ended = false;

  constructor(program) {
    this.start = performance.now();
    this.#child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'], env: ENVIRONMENT });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdout.on('data', (data) => this.#receive(data));
    this.exited = new Promise((done) => this.#child.on('close', () => {
      this.#ended = true;
      for (const { fail } of [...this.#requests.values(), ...this.#waiting]) fail(new Error(`${program} ended before it answered`));
      done();
    }));
  }

  memory() {
    return memoryOf(this.#child.pid, 'VmRSS');
  }

  async initialize() {
    const answer = await this.request('initialize', INITIALIZE);
    this.notify('initialized', {});
    return answer;
  }

  /** @returns {Promise<{ ms: number, result: any }>} */
  request(method, params) {
    const id = this.#nextId++;
    const bytes = packed({ id, method, params });
    const answer = this.#expect((entry) => this.#requests.set(id, entry), () => this.#requests.delete(id), method);
    const start = performance.now();
    this.#child.stdin.write(bytes);
    return answer.then(({ at, message }) => {
      if (message.error !== undefined) throw new Error(`${method}: ${message.error.message}`);
      return { ms: at - start, result: message.result };
    });
  }

  notify(method, params) {
    this.#child.stdin.write(packed({ method, params }));
  }

  /**
   * Writes a notification about a document and waits for diagnostics of its version that `isComplete` accepts.
   * @returns {Promise<{ ms: number, diagnostics: any[] }>}
   */
  async diagnosed(method, params, isComplete = () => true) {
    const { uri, version } = params.textDocument;
    const bytes = packed({ method, params });
    let listener;
    const found = this.#expect((entry) => {
      listener = { ...entry, accepts: ({ method: name, params: about }) => name === 'textDocument/publishDiagnostics' && about.uri === uri && (about.version ?? version) >= version && isComplete(about.diagnostics) };
      this.#waiting.add(listener);
    }, () => this.#waiting.delete(listener), `diagnostics after ${method}`);
    const start = performance.now();
    this.#child.stdin.write(bytes);
    const { at, message } = await found;
    return { ms: at - start, diagnostics: message.params.diagnostics };
  }

  async stop() {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  #expect(enter, leave, what) {
    return new Promise((done, fail) => {
      if (this.#ended) {
        fail(new Error('the server has ended'));
        return;
      }
      const timer = setTimeout(() => {
        leave();
        fail(new Error(`no answer in ${GIVE_UP_MS / 1000} s: ${what}`));
      }, GIVE_UP_MS);
      const finish = (end) => (value) => {
        clearTimeout(timer);
        leave();
        end(value);
      };
      enter({ done: finish(done), fail: finish(fail) });
    });
  }

  #receive(data) {
    this.#pieces.push(data);
    this.#have += data.length;
    for (;;) {
      if (this.#need === undefined) {
        const all = this.#joined();
        const end = all.indexOf(HEADER_END);
        if (end < 0) return;
        this.#need = Number(/content-length: *(\d+)/i.exec(all.toString('latin1', 0, end))[1]);
        this.#keep(all.subarray(end + HEADER_END.length));
      }
      if (this.#have < this.#need) return;
      const at = performance.now();
      const all = this.#joined();
      const message = JSON.parse(all.toString('utf8', 0, this.#need));
      this.#keep(all.subarray(this.#need));
      this.#need = undefined;
      this.#handle(message, at);
    }
  }

  #joined() {
    const all = this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }

  #keep(rest) {
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#have = rest.length;
  }

  #handle(message, at) {
    if (message.method === undefined) {
      this.#requests.get(message.id)?.done({ at, message });
    } else if (message.id === undefined) {
      for (const listener of [...this.#waiting]) if (listener.accepts(message)) listener.done({ at, message });
    } else {
      // The server asks for settings, or registers something: it gets its defaults.
      const result = message.method === 'workspace/configuration' ? message.params.items.map(() => null) : null;
      this.#child.stdin.write(packed({ id: message.id, result }));
    }
  }
}

function packed(message) {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  return Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
