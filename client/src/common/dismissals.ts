/** Known issues the user has dismissed in this workspace, with the reasons. */
import { EventEmitter, type Memento } from 'vscode';
import type { Dismissal } from './arguments.js';

const KEY = 'stopcode.dismissed';

/** Kept in the memory of the workspace, beside the setting that teams can share. */
export class Dismissals {
  readonly #memory: Memento;
  readonly #changed = new EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(memory: Memento) {
    this.#memory = memory;
  }

  get all(): readonly Dismissal[] {
    return this.#memory.get<Dismissal[]>(KEY) ?? [];
  }

  async add(dismissal: Dismissal): Promise<void> {
    await this.#write([...this.all.filter((known) => !isSame(known, dismissal)), dismissal]);
  }

  async remove(dismissals: readonly Dismissal[]): Promise<void> {
    await this.#write(this.all.filter((known) => !dismissals.some((dismissal) => isSame(known, dismissal))));
  }

  async #write(all: readonly Dismissal[]): Promise<void> {
    await this.#memory.update(KEY, all.length === 0 ? undefined : all);
    this.#changed.fire();
  }
}

function isSame(a: Dismissal, b: Dismissal): boolean {
  return a.issue === b.issue && a.signature === b.signature;
}

/** The settings as the server asks for them, with the dismissals of this workspace among them. */
export function withDismissals(section: unknown, dismissals: readonly Dismissal[]): unknown {
  const settings = typeof section === 'object' && section !== null && !Array.isArray(section) ? (section as Record<string, unknown>) : {};
  const listed: unknown[] = Array.isArray(settings['dismissed']) ? settings['dismissed'] : [];
  return { ...settings, dismissed: [...listed, ...dismissals] };
}
