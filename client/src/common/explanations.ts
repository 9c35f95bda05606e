/** Explanations as documents of their own: read only, shown as Markdown where the editor can, else as text. */
import { commands, Disposable, EventEmitter, languages, Uri, ViewColumn, window, workspace, type TextDocumentContentProvider } from 'vscode';
import type { ExplanationArgument } from './arguments.js';

const SCHEME = 'stopcode';
/** Explanations kept for the tabs that show them. */
const KEPT = 20;

/** The last twenty texts, by addresses of the scheme `stopcode`. */
export class Explanations implements TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #changed = new EventEmitter<Uri>();
  readonly onDidChange = this.#changed.event;
  #count = 0;

  /** Registers the scheme. */
  register(): Disposable {
    return Disposable.from(workspace.registerTextDocumentContentProvider(SCHEME, this), this.#changed);
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#texts.get(uri.path) ?? 'This explanation is no longer available. Ask for it again where it came from.\n';
  }

  async show(explanation: ExplanationArgument): Promise<void> {
    const markdown = this.#keep('Explanation.md', explanation.markdown);
    try {
      await commands.executeCommand('markdown.showPreviewToSide', markdown);
      return;
    } catch {
      // Not every host has a preview, and it can be switched off; the text says the same.
    }
    const document = await workspace.openTextDocument(this.#keep('Explanation.txt', explanation.text));
    await window.showTextDocument(await languages.setTextDocumentLanguage(document, 'plaintext'), { viewColumn: ViewColumn.Beside, preserveFocus: true });
  }

  #keep(name: string, text: string): Uri {
    this.#count += 1;
    const path = `/${this.#count}/${name}`;
    this.#texts.set(path, text);
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= KEPT) break;
      this.#texts.delete(oldest);
    }
    return Uri.from({ scheme: SCHEME, path });
  }
}
