/** The server's own log, shown by the client. A fault that repeats is told once. */
import type { Connection } from 'vscode-languageserver';

/** Faults remembered; beyond it the oldest is forgotten and can be told again. */
const MOST_REMEMBERED = 200;

export class Log {
  readonly #connection: Connection;
  readonly #told = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  info(message: string): void {
    this.#connection.console.info(message);
  }

  warn(message: string): void {
    this.#connection.console.warn(message);
  }

  /** A bug or a failed operation: what was being done, and the error. */
  fault(doing: string, error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const key = `${doing}\n${message}`;
    if (this.#told.has(key)) return;
    if (this.#told.size >= MOST_REMEMBERED) for (const oldest of this.#told) { this.#told.delete(oldest); break; }
    this.#told.add(key);
    this.#connection.console.error(`${doing} failed: ${message}`);
  }
}
