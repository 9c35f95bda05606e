/** The server's own log, shown by the client. A fault that repeats is told once. */
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

  /** A bug or a failed operation: what was being done, and the error. */
  fault(doing: string, error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const key = `${doing}\n${message}`;
    if (this.#told.has(key)) return;
    if (this.#told.size >= MOST_REMEMBERED) this.#told.clear();
    this.#told.add(key);
    this.#tell(() => this.#connection.console.error(`${doing} failed: ${message}`));
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
