/** Publishes the problems of documents, and those of knowledge files, which share addresses when a file is open. */
import type { Diagnostic } from 'vscode-languageserver';
import type { DiagnosticOptions } from '../features/diagnostics.js';
import { core } from './core.js';
import { LANGUAGE, speaksAbout, type Reading, type Session } from './session.js';
import { filterOf } from './settings.js';

/** Sends the problems of an address whenever one of the two kinds has changed. */
export class Publisher {
  readonly #session: Session;
  /** Problems of knowledge files by address. */
  #knowledge: ReadonlyMap<string, readonly Diagnostic[]> = new Map();
  /** Addresses that have problems now. */
  readonly #marked = new Set<string>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Options of the features that show known issues, for one document. */
  optionsFor({ document, analysis }: Reading): DiagnosticOptions {
    return {
      ...filterOf(this.#session.settings),
      uri: document.uri,
      events: document.languageId === LANGUAGE || analysis.crashes.length > 0,
      notes: this.#session.settings.diagnostics.notes,
      related: this.#session.client?.relatedInformation === true,
    };
  }

  publish(reading: Reading): void {
    const { document, analysis } = reading;
    try {
      const shown = this.#session.settings.diagnostics.enabled && speaksAbout(reading);
      this.#send(document.uri, shown ? core().diagnostics(analysis, this.optionsFor(reading)) : [], document.version);
    } catch (error) {
      this.#session.log.fault('textDocument/publishDiagnostics', error);
    }
  }

  /** Publishes again what is known of all open documents: the settings have changed. */
  publishAll(): void {
    for (const document of this.#session.documents.all()) {
      const reading = this.#session.analyses.current(document.uri);
      if (reading !== undefined) this.publish(reading);
    }
  }

  /** A closed document has no problems, unless it is a knowledge file. */
  clear(uri: string): void {
    this.#send(uri, []);
  }

  /** Replaces the problems of all knowledge files. */
  publishKnowledge(problems: ReadonlyMap<string, readonly Diagnostic[]>): void {
    const before = this.#knowledge;
    this.#knowledge = problems;
    for (const uri of new Set([...before.keys(), ...problems.keys()])) {
      const reading = this.#session.analyses.current(uri);
      if (reading === undefined) this.#send(uri, []);
      else this.publish(reading);
    }
  }

  #send(uri: string, own: readonly Diagnostic[], version?: number): void {
    const all = [...own, ...(this.#knowledge.get(uri) ?? [])];
    // A closed document that had none needs no word about it.
    if (all.length === 0 && version === undefined && !this.#marked.has(uri)) return;
    if (all.length > 0) this.#marked.add(uri);
    else this.#marked.delete(uri);
    this.#session.connection.sendDiagnostics({ uri, diagnostics: all, ...(version === undefined ? {} : { version }) })
      .catch((error: unknown) => this.#session.log.fault('textDocument/publishDiagnostics', error));
  }
}
