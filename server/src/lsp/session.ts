/** The state of one connection: open documents with their analyses, settings, what the client can do. */
import {
  LSPErrorCodes, ResponseError, TextDocuments, type CancellationToken, type Connection,
} from 'vscode-languageserver';
import type { Knowledge } from '../analysis/knowledge/knowledge.js';
import type { Analysis } from '../analysis/types.js';
import { Analyses } from './analyses.js';
import type { Client } from './client.js';
import { loadCore } from './core.js';
import { LOG_DOCUMENTS, type LogDocument } from './documents.js';
import type { Host } from './host.js';
import { Log } from './log.js';
import { Publisher } from './publisher.js';
import { Scheduler } from './schedule.js';
import { DEFAULTS, type Settings } from './settings.js';
import { runWhenQuiet } from './warmUp.js';

/** The language whose documents are crash logs by name or by the user's choice. */
export const LANGUAGE = 'crashlog';

/** A document and the analysis of its text as it is now. */
export interface Reading {
  readonly document: LogDocument;
  readonly analysis: Analysis;
}

/** Made once per connection; handlers get it and keep nothing of their own but what they answered. */
export class Session {
  readonly log: Log;
  readonly scheduler: Scheduler;
  readonly documents = new TextDocuments(LOG_DOCUMENTS);
  readonly publisher: Publisher;
  readonly analyses: Analyses;
  settings: Settings = DEFAULTS;
  client: Client | undefined;
  #knowledge: Promise<Knowledge> | undefined;
  readonly #spoke = new WeakMap<LogDocument, { readonly version: number; readonly speaks: boolean }>();

  constructor(readonly connection: Connection, readonly host: Host) {
    this.log = new Log(connection);
    this.scheduler = new Scheduler(host);
    this.publisher = new Publisher(this);
    this.analyses = new Analyses(this.scheduler, () => this.knowledge(), {
      finished: (document, analysis) => this.#finished({ document, analysis }),
      failed: (document, error) => {
        this.log.fault(`the analysis of ${document.uri}`, error);
        this.publisher.clear(document.uri);
      },
    });
    this.documents.onDidChangeContent(({ document }) => this.analyses.changed(document));
    this.documents.onDidClose(({ document }) => {
      this.analyses.closed(document);
      this.publisher.clear(document.uri);
    });
  }

  /** The built-in knowledge. The analyses use it together with the user's. */
  knowledge(): Promise<Knowledge> {
    return (this.#knowledge ??= loadCore().then(({ Knowledge }) => new Knowledge((table) => this.#table(table))));
  }

  /**
   * Loads the core and warms it while nobody waits: after `initialize` was answered, before the first document is there. What
   * the first hover needs is warmed then too, or as soon as nothing was asked for a while.
   */
  async prepare(): Promise<void> {
    const { prepare, prepareHovers } = await loadCore();
    const knowledge = await this.knowledge();
    for (const run = prepare(knowledge); this.documents.keys().length === 0 && run.next().done !== true;) {
      await new Promise<void>((resolve) => { this.host.later(resolve); });
    }
    await runWhenQuiet(prepareHovers(knowledge), this.host, () => this.analyses.quietFor);
  }

  /**
   * The reading that a request is answered from, once the analysis of the newest text is there. Undefined where the
   * document is not ours to speak about: unknown, or an ordinary text without a crash.
   */
  async reading(uri: string, token: CancellationToken): Promise<Reading | undefined> {
    const reading = await this.analyses.of(uri, token);
    return reading !== undefined && speaksAbout(reading) ? reading : undefined;
  }

  /** Runs a feature that takes its time. Cancelled with the request, and when the text it is about has changed. */
  async run<T>(work: Generator<undefined, T>, { document }: Reading, token: CancellationToken): Promise<T> {
    const { version } = document;
    const isOutdated = (): boolean => document.version !== version || this.documents.get(document.uri) !== document;
    const result = await this.scheduler.run(work, () => token.isCancellationRequested || isOutdated());
    if (result !== undefined) return result;
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
    if (isOutdated()) throw new ResponseError(LSPErrorCodes.ContentModified, 'the text has changed');
    return result as T;
  }

  #finished(reading: Reading): void {
    const { document } = reading;
    // A crash at the end of a part may be half a crash. What there is to say of the whole comes when its last part was read.
    if (document.isPart) return;
    const now = { version: document.version, speaks: speaksAbout(reading) };
    const before = this.#spoke.get(document);
    this.#spoke.set(document, now);
    this.publisher.publish(reading);
    // New knowledge can make an ordinary text one of ours, or the other way round; its colours were asked for before that.
    if (before?.version !== now.version || before.speaks === now.speaks) return;
    if (this.client?.tokensRefresh === true) void this.connection.languages.semanticTokens.refresh().catch((error: unknown) => this.log.fault('workspace/semanticTokens/refresh', error));
    this.refreshHints();
  }

  /** Has the client ask for the inlay hints again. */
  refreshHints(): void {
    if (this.client?.hintsRefresh === true) void this.connection.languages.inlayHint.refresh().catch((error: unknown) => this.log.fault('workspace/inlayHint/refresh', error));
  }

  /** A table that cannot be read leaves the rest of the knowledge usable. */
  #table(table: Parameters<Host['knowledge']>[0]): unknown {
    try {
      return this.host.knowledge(table);
    } catch (error) {
      this.log.fault(`reading the knowledge table "${table}"`, error);
      return undefined;
    }
  }
}

/** Crash logs are always spoken about; any other document only where a crash or a known issue was found in it. */
export function speaksAbout({ document, analysis }: Reading): boolean {
  return document.languageId === LANGUAGE || analysis.crashes.length > 0 || analysis.events.some((event) => event.matches.length > 0);
}
