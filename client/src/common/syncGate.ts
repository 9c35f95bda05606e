/**
 * Lets only the documents through to the server that hold crash output. The language client would send every log and text
 * file whole, up to 50 MB each, and ask the server about each of them on every key press.
 */
import type { Middleware } from 'vscode-languageclient';
import type { TextDocument } from 'vscode';
import type { TextChange } from './pieces.js';
import { TextSender } from './textSender.js';

export interface GateHost {
  isFound(address: string): boolean;
  /** Resolves when `isFound` is final for the document's present text. */
  decided(address: string): Promise<void>;
  /** Tells the server that a document is open. */
  sendOpen(document: TextDocument, version: number, text: string): Promise<void>;
  sendChange(document: TextDocument, version: number, changes: readonly TextChange[]): Promise<void>;
  sendClose(document: TextDocument): Promise<void>;
  /** Resolves when others had their turn. */
  pause(): Promise<void>;
}

/** Answers that leave the editor's own folding and highlighting in place where the server has none to offer. */
const BETTER_NOTHING: ReadonlySet<string> = new Set(['textDocument/foldingRange', 'textDocument/documentHighlight']);

/** Knows which documents the server has; everything between the editor and the client passes here. */
export class SyncGate {
  readonly #host: GateHost;
  /** Documents the server knows, with what it has of their texts. */
  readonly #open = new Map<string, TextSender<TextDocument>>();

  constructor(host: GateHost) {
    this.#host = host;
  }

  /** The server is gone, and with it all it knew. */
  reset(): void {
    for (const sender of this.#open.values()) sender.stop();
    this.#open.clear();
  }

  knows(address: string): boolean {
    return this.#open.has(address);
  }

  /** Opens a document at the server after the editor has opened it. */
  async admit(document: TextDocument): Promise<void> {
    if (this.#open.has(document.uri.toString()) || document.isClosed) return;
    await this.#opened(document, () => this.#host.sendOpen(document, document.version, document.getText()));
  }

  async #opened(document: TextDocument, whole: () => Promise<void>): Promise<void> {
    const sender = new TextSender(document, this.#host);
    this.#open.set(document.uri.toString(), sender);
    await sender.open(whole);
  }

  /** Closes a document at the server that the editor keeps open. */
  async dismiss(document: TextDocument): Promise<void> {
    if (this.#closed(document)) await this.#host.sendClose(document);
  }

  #closed(document: TextDocument): boolean {
    const address = document.uri.toString();
    this.#open.get(address)?.stop();
    return this.#open.delete(address);
  }

  readonly middleware: Middleware = {
    didOpen: async (document, next) => {
      const address = document.uri.toString();
      if (!this.#host.isFound(address) || this.#open.has(address)) return;
      await this.#opened(document, () => next(document));
    },
    didChange: async (event, next) => {
      await this.#open.get(event.document.uri.toString())?.changed(event, () => next(event));
    },
    didSave: async (document, next) => {
      if (this.#open.has(document.uri.toString())) await next(document);
    },
    didClose: async (document, next) => {
      if (this.#closed(document)) await next(document);
    },
    sendRequest: async (type, param, token, next) => {
      const address = documentOf(param);
      if (address !== undefined && !(await this.#isReady(address))) {
        // The type of the answer is not known here; every one that concerns a document may be null.
        return null as never;
      }
      const answer = await next(type, param, token);
      const method = typeof type === 'string' ? type : type.method;
      return BETTER_NOTHING.has(method) && Array.isArray(answer) && answer.length === 0 ? (null as never) : answer;
    },
  };

  /** The editor asks once when a document opens, so an answer waits for the look at it, and for its last piece. */
  async #isReady(address: string): Promise<boolean> {
    if (!this.#open.has(address)) await this.#host.decided(address);
    for (;;) {
      const sender = this.#open.get(address);
      if (sender === undefined) return false;
      const { sent } = sender;
      await sent;
      if (this.#open.get(address) === sender && sender.sent === sent) return true;
    }
  }
}

function documentOf(param: unknown): string | undefined {
  if (typeof param !== 'object' || param === null || !('textDocument' in param)) return undefined;
  const { textDocument } = param;
  if (typeof textDocument !== 'object' || textDocument === null || !('uri' in textDocument)) return undefined;
  return typeof textDocument.uri === 'string' ? textDocument.uri : undefined;
}
