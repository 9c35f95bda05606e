/** Keeps an analysis of every open document. Work on a text that changed meanwhile is dropped, its result never shown. */
import { LSPErrorCodes, ResponseError, type CancellationToken } from 'vscode-languageserver';
import type { Knowledge } from '../analysis/knowledge/knowledge.js';
import type { LineEdit } from '../analysis/text/span.js';
import type { Analysis } from '../analysis/types.js';
import { loadCore } from './core.js';
import { joined, type LogDocument } from './documents.js';
import type { Scheduler } from './schedule.js';

export interface AnalysisEvents {
  /** The analysis of a document's text as it is now. */
  finished(document: LogDocument, analysis: Analysis): void;
  /** The core failed on a document: a bug. The document has no analysis until its text changes. */
  failed(document: LogDocument, error: unknown): void;
}

interface Entry {
  readonly document: LogDocument;
  /** Counts what makes an analysis outdated: edits and new knowledge. */
  generation: number;
  /** Generation that `analysis` is of. */
  done: number;
  analysis: Analysis | undefined;
  /** Knowledge that `analysis` was made with. */
  knowledge: Knowledge | undefined;
  /** Edits since the text of `analysis`. */
  edit: LineEdit | undefined;
  working: boolean;
  closed: boolean;
  waiting: (() => void)[];
}

/** The analyses of a session's documents, by address. */
export class Analyses {
  readonly #entries = new Map<string, Entry>();
  readonly #scheduler: Scheduler;
  readonly #events: AnalysisEvents;
  readonly #builtin: () => Promise<Knowledge>;
  #knowledge: Knowledge | undefined;
  #lastUse = -Infinity;

  /** `builtin` gives the knowledge that is used until there is other. */
  constructor(scheduler: Scheduler, builtin: () => Promise<Knowledge>, events: AnalysisEvents) {
    this.#scheduler = scheduler;
    this.#builtin = builtin;
    this.#events = events;
  }

  /** A document was opened or edited. */
  changed(document: LogDocument): void {
    this.#lastUse = this.#scheduler.now();
    let entry = this.#entries.get(document.uri);
    if (entry?.document !== document) {
      if (entry !== undefined) this.#close(entry);
      document.takeEdit();
      entry = { document, generation: 1, done: 0, analysis: undefined, knowledge: undefined, edit: undefined, working: false, closed: false, waiting: [] };
      this.#entries.set(document.uri, entry);
    } else {
      const edit = document.takeEdit();
      if (edit !== undefined) entry.edit = entry.edit === undefined ? edit : joined(entry.edit, edit);
      entry.generation++;
    }
    void this.#work(entry);
  }

  closed(document: LogDocument): void {
    const entry = this.#entries.get(document.uri);
    if (entry === undefined) return;
    this.#entries.delete(document.uri);
    this.#close(entry);
  }

  /** Everything is matched again with other knowledge. */
  learn(knowledge: Knowledge): void {
    this.#knowledge = knowledge;
    for (const entry of this.#entries.values()) {
      entry.generation++;
      void this.#work(entry);
    }
  }

  /** The analysis of a document as it is now, as soon as there is one. Undefined where the document is closed or unknown. */
  async of(uri: string, token: CancellationToken): Promise<{ document: LogDocument; analysis: Analysis } | undefined> {
    this.#lastUse = this.#scheduler.now();
    for (;;) {
      if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
      const entry = this.#entries.get(uri);
      if (entry === undefined) return undefined;
      if (entry.done === entry.generation) return entry.analysis === undefined ? undefined : { document: entry.document, analysis: entry.analysis };
      await new Promise<void>((resolve) => {
        const cancelled = token.onCancellationRequested(() => resolve());
        entry.waiting.push(() => {
          cancelled.dispose();
          resolve();
        });
      });
    }
  }

  /** Milliseconds since a document changed or something was asked of one: 0 while one is worked on, infinite where none is open. */
  get quietFor(): number {
    if (this.#entries.size === 0) return Infinity;
    for (const { working } of this.#entries.values()) if (working) return 0;
    return this.#scheduler.now() - this.#lastUse;
  }

  /** The finished analysis of a document as it is now, if there is one. */
  current(uri: string): { document: LogDocument; analysis: Analysis } | undefined {
    const entry = this.#entries.get(uri);
    return entry === undefined || entry.done !== entry.generation || entry.analysis === undefined ? undefined : { document: entry.document, analysis: entry.analysis };
  }

  #close(entry: Entry): void {
    entry.closed = true;
    wake(entry);
  }

  async #work(entry: Entry): Promise<void> {
    if (entry.working) return;
    entry.working = true;
    while (!entry.closed && entry.done !== entry.generation) {
      const { generation } = entry;
      try {
        const finished = await this.#step(entry);
        if (finished?.generation === entry.generation) {
          entry.done = entry.generation;
          this.#events.finished(entry.document, finished.analysis);
        }
      } catch (error) {
        // Where going on from the last analysis failed, a fresh one can still succeed.
        const isFinal = entry.analysis === undefined || entry.knowledge !== this.#knowledge;
        entry.analysis = undefined;
        entry.edit = undefined;
        if (isFinal && entry.generation === generation) entry.done = generation;
        this.#events.failed(entry.document, error);
      }
      if (entry.done === entry.generation) wake(entry);
    }
    entry.working = false;
  }

  /** One run. Answers what it came to, and the generation of the text that is about; undefined where it was dropped. */
  async #step(entry: Entry): Promise<{ generation: number; analysis: Analysis } | undefined> {
    const { analyze, reanalyze } = await loadCore();
    const knowledge = (this.#knowledge ??= await this.#builtin());
    const { document, generation, analysis: before, edit } = entry;
    const text = document.text;
    entry.edit = undefined;
    const isFresh = before === undefined || entry.knowledge !== knowledge;
    const run = isFresh ? analyze(text, knowledge) : reanalyze(before, text, edit ?? { replaced: { first: 0, end: 0 }, lineCount: 0 }, knowledge);
    // A first analysis goes on when the text changes, as the base of what follows: a log that is being written to faster
    // than it is read would otherwise never be read. What follows touches little and is dropped.
    const result = await this.#scheduler.run(run, () => entry.closed || this.#knowledge !== knowledge || (!isFresh && entry.generation !== generation));
    if (result === undefined) {
      // Edits came in while it ran; together with those it was for, they are what the next run is for.
      const since = entry.edit as LineEdit | undefined;
      entry.edit = edit === undefined ? since : since === undefined ? edit : joined(edit, since);
      return undefined;
    }
    entry.analysis = result;
    entry.knowledge = knowledge;
    return { generation, analysis: result };
  }
}

function wake(entry: Entry): void {
  const waiting = entry.waiting.splice(0);
  for (const resolve of waiting) resolve();
}
