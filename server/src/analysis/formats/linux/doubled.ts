/** Two consoles write into one log, so that each line stands there twice. */
export class Doubles {
  /** The last row that was no repetition. */
  #above: string | undefined;
  #rows = 0;
  #found = false;

  /** True where the report began with the same line twice. */
  get found(): boolean {
    return this.#found;
  }

  /** Whether a row directly below the last one says that again. Two equal frames are a recursion, unless lines come twice from the beginning on. */
  repeats(text: string): boolean {
    return (this.#found || this.#rows === 1) && text === this.#above;
  }

  take(text: string, isRepetition: boolean): void {
    this.#rows++;
    this.#above = isRepetition ? undefined : text;
    if (isRepetition) this.#found = true;
  }
}
