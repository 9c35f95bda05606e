/** Finds the open documents that the server should read, and says so once for each. Costs nothing for all others. */
import { treatment, type LogDocument } from './documents.js';
import { looksLikeCrash, Sniffer } from './sniff.js';

/** One change of a document, as the editor reports it. */
export interface DocumentChange {
  readonly range: { readonly start: { readonly line: number; readonly character: number }; readonly end: { readonly line: number } };
  readonly text: string;
}

export interface DetectorHost<D extends LogDocument> {
  /** The value of `stopcode.detect`. */
  detect(): boolean;
  /** Runs `work` soon, when other work had its turn. */
  later(work: () => void): void;
  now(): number;
  /** A document is to be read by the server. */
  found(document: D): void;
  /** A document is no longer to be read, though it is still open. */
  lost(document: D): void;
}

/** Time for one turn of looking, in milliseconds. */
const TURN = 3;
/** Changed text up to this size is looked at with the change itself. */
const CHANGE_AT_ONCE = 256 * 1024;
/** UTF-16 units before and behind a change that are looked at with it. */
const AROUND = 512;

/** A document being looked at. */
interface Look<D> {
  readonly document: D;
  readonly sniffer: Sniffer;
  /** Who waits for the end of it. */
  readonly waiting: (() => void)[];
}

/** Holds no document's text; what it knows of one goes when it is closed. */
export class Detector<D extends LogDocument> {
  readonly #host: DetectorHost<D>;
  /** Documents to be read, by address. */
  readonly #found = new Set<string>();
  readonly #running = new Map<string, Look<D>>();
  #scheduled = false;

  constructor(host: DetectorHost<D>) {
    this.#host = host;
  }

  /** True for a document that the server reads. */
  isFound(address: string): boolean {
    return this.#found.has(address);
  }

  /** Resolves when it is known whether the server reads a document; at once for most. */
  decided(address: string): Promise<void> {
    const look = this.#running.get(address);
    return look === undefined ? Promise.resolve() : new Promise((resolve) => look.waiting.push(resolve));
  }

  /** `now`: takes one turn at once, so that most documents are decided before the editor asks about them. */
  opened(document: D, now = false): void {
    switch (treatment(document, this.#host.detect())) {
      case 'always': this.#find(document); break;
      case 'sniff': this.#start(document, now); break;
      case 'never': break;
    }
  }

  closed(document: D): void {
    const address = document.uri.toString();
    this.#found.delete(address);
    this.#finish(address);
  }

  /** A crash may be pasted into a document, or appended to a log while it is open. */
  changed(document: D, changes: readonly DocumentChange[]): void {
    const address = document.uri.toString();
    if (changes.length === 0 || this.#found.has(address) || treatment(document, this.#host.detect()) !== 'sniff') return;
    const running = this.#running.get(address);
    // Several changes at once are rare (a column selection, replace all); where they moved lines is not worth working out.
    const only = changes.length === 1 ? changes[0] : undefined;
    if (only === undefined || only.text.length > CHANGE_AT_ONCE) {
      this.#start(document);
      return;
    }
    const { start, end } = only.range;
    const count = newLines(only.text) + 1;
    if (looksLikeCrash(textAround(document, only, count))) this.#find(document);
    else running?.sniffer.moved(start.line, end.line + 1, count);
  }

  /** Looks again at all documents, after a change of `stopcode.detect`. */
  reconsider(documents: readonly D[]): void {
    for (const document of documents) {
      const address = document.uri.toString();
      if (!this.#found.has(address)) this.opened(document);
      else if (treatment(document, this.#host.detect()) === 'never') {
        this.#found.delete(address);
        this.#host.lost(document);
      }
    }
    if (!this.#host.detect()) for (const address of [...this.#running.keys()]) this.#finish(address);
  }

  #find(document: D): void {
    const address = document.uri.toString();
    if (!this.#found.has(address)) {
      this.#found.add(address);
      this.#host.found(document);
    }
    this.#finish(address);
  }

  #start(document: D, now = false): void {
    const address = document.uri.toString();
    if (this.#found.has(address)) return;
    this.#running.set(address, { document, sniffer: new Sniffer(document), waiting: this.#running.get(address)?.waiting ?? [] });
    if (now) this.#look(address, this.#host.now() + TURN);
    this.#schedule();
  }

  #finish(address: string): void {
    const look = this.#running.get(address);
    this.#running.delete(address);
    for (const resolve of look?.waiting ?? []) resolve();
  }

  #schedule(): void {
    if (this.#scheduled || this.#running.size === 0) return;
    this.#scheduled = true;
    this.#host.later(() => {
      this.#scheduled = false;
      this.#turn();
      this.#schedule();
    });
  }

  #turn(): void {
    const end = this.#host.now() + TURN;
    for (const address of [...this.#running.keys()]) {
      this.#look(address, end);
      if (this.#host.now() >= end) return;
    }
  }

  /** At least one step, so that every document comes to its end. */
  #look(address: string, end: number): void {
    const look = this.#running.get(address);
    if (look === undefined) return;
    let answer: boolean | undefined;
    do answer = look.document.isClosed ? false : look.sniffer.step(); while (answer === undefined && this.#host.now() < end);
    if (answer === true) this.#find(look.document);
    else if (answer === false) this.#finish(address);
  }
}

function newLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The changed lines, whole, since a sign may be typed letter by letter; of a very long line the part around the change. */
function textAround(document: LogDocument, { range, text }: DocumentChange, count: number): string {
  const parts: string[] = [];
  const from = Math.max(0, range.start.character - AROUND);
  const length = text.length + 2 * AROUND;
  for (let line = range.start.line; line < Math.min(range.start.line + count, document.lineCount); line += 1) {
    const whole = document.lineAt(line).text;
    const start = line === range.start.line && whole.length > length ? from : 0;
    parts.push(whole.slice(start, start + length));
  }
  return parts.join('\n');
}
