/** The server's own log, shown by the client. What repeats, a fault or a warning, is told once. */
import type { Connection } from 'vscode-languageserver';

/** Faults remembered; beyond it all are forgotten and can be told again. */
const MOST_REMEMBERED = 200;

/** Writes to the client's output channel. Never throws. */
export class Log {
  readonly #connection: Connection;
  readonly #told = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  info(message: string): void {
    this.#tell(() => this.#connection.console.info(message));
  }

  /** Something of the user's that cannot be used. */
  warn(message: string): void {
    if (this.#isNew(message)) this.#tell(() => this.#connection.console.warn(message));
  }

  /** A bug or a failed operation: what was being done, and the error. */
  fault(doing: string, error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (this.#isNew(`${doing}\n${message}`)) this.#tell(() => this.#connection.console.error(`${doing} failed: ${message}`));
  }

  #isNew(key: string): boolean {
    if (this.#told.has(key)) return false;
    if (this.#told.size >= MOST_REMEMBERED) this.#told.clear();
    this.#told.add(key);
    return true;
  }

  /** Work goes on for a moment after the client has gone; nobody is left to be told. */
  #tell(send: () => void): void {
    try {
      send();
    } catch {
      // The connection is closed.
    }
  }
}
