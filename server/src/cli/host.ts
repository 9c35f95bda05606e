/** What the commands need from the outside, so that they run in a test as they do in a terminal. */
export interface Output {
  readonly isTerminal: boolean;
  /** Width of a terminal. */
  readonly columns: number | undefined;
  /** Resolves when more can be written. Bytes are UTF-8. */
  write(text: string | Uint8Array): Promise<void>;
}

export interface Host {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdinIsTerminal: boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder of the knowledge tables. */
  readonly knowledgeFolder: string;
  /** The program's file, for threads; undefined where there are none. */
  readonly program: string | undefined;
  /** The file with the program's code; undefined where it is in none. */
  readonly code: string | undefined;
  /** Asked to stop (Ctrl-C). Commands leave at the next chance. */
  readonly stop: AbortSignal;
}

/** The user asked to stop. Nothing more is said. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}
