/** Known issues of the user's: read, checked, and put beside the built-in ones. Problems are shown in the files themselves. */
import { CancellationToken, type Diagnostic } from 'vscode-languageserver';
import type { IssueProof } from '../analysis/issueProof.js';
import type { KnowledgeProblem } from '../analysis/knowledgeProblem.js';
import { loadCore } from './core.js';
import type { KnowledgeFile } from './host.js';
import type { Session } from './session.js';

/** Where a workspace keeps its known issues. */
export const ISSUES_FOLDER = '.stopcode/issues';

/** The address of what stands below a folder; clients write folders with and without a slash at the end. */
function below(folder: string, path: string): string {
  return `${folder.replace(/(?<!\/)\/+$/, '')}/${path}`;
}

/** One per session. Whatever goes wrong with a file is shown in that file and leaves the others in use. */
export class UserKnowledge {
  readonly #session: Session;
  /** Workspace folders, as addresses. */
  folders: readonly string[] = [];
  /** Told the addresses of the folders that the settings name, whenever they are read. */
  watch: (folders: readonly string[]) => void = () => undefined;
  /** Files that the client sent, where the server cannot read them itself. */
  #sent: readonly KnowledgeFile[] = [];
  #loading = false;
  #again = false;
  /** What the analyses use now, so that nothing is matched again without need. */
  #inUse = '';
  /** That of the issues in use. */
  #proof: IssueProof | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Takes files from the client; they replace the ones it sent before. */
  accept(files: readonly KnowledgeFile[]): void {
    this.#sent = files;
    void this.reload();
  }

  /** Reads everything again. Calls during a reading are answered by one more reading. */
  async reload(): Promise<void> {
    this.#again = true;
    if (this.#loading) return;
    this.#loading = true;
    while (this.#again) {
      this.#again = false;
      try {
        await this.#load();
      } catch (error) {
        this.#session.log.fault('loading known issues', error);
      }
    }
    this.#loading = false;
  }

  /** Folders to be read: one below each workspace folder, and those of the settings. */
  foldersToRead(): string[] {
    const own = this.folders.map((folder) => below(folder, ISSUES_FOLDER));
    return [...own, ...this.#session.settings.knowledge.folders.flatMap((folder) => this.#resolved(folder))];
  }

  /** A relative folder of the settings is meant below each workspace folder. */
  #resolved(folder: string): string[] {
    const path = folder.replace(/^\$\{workspaceFolder\}[\\/]?/, '');
    if (path === folder && /^(?:[\\/~]|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]+:\/\/)/.test(folder)) return [folder];
    const encoded = path.replaceAll('\\', '/').replace(/^\.\//, '').split('/').map(encodeURIComponent).join('/');
    return this.folders.map((base) => below(base, encoded));
  }

  async #load(): Promise<void> {
    const { host, settings, analyses, publisher, log } = this.#session;
    this.watch(settings.knowledge.folders.flatMap((folder) => this.#resolved(folder)).flatMap((folder) => host.addressOf?.(folder) ?? []));
    const missing = new Set<string>();
    const read = await host.readKnowledgeFolders(this.foldersToRead(), (folder) => missing.add(folder));
    for (const folder of settings.knowledge.folders) {
      const places = this.#resolved(folder);
      if (places.length > 0 && places.every((place) => missing.has(place))) log.warn(`stopcode.knowledge.folders: ${folder} is not there or cannot be read`);
    }
    const files = [...new Map([...read, ...this.#sent].map((file) => [file.uri, file])).values()];
    const state = JSON.stringify([settings.knowledge.builtinIssues, files.map((file) => [file.uri, file.text])]);
    if (state === this.#inUse || (this.#inUse === '' && files.length === 0 && settings.knowledge.builtinIssues)) return;
    this.#inUse = state;
    const { loadUserKnowledge, knowledgeDiagnostic } = await loadCore();
    const knowledge = await this.#session.knowledge();
    const { issues, problems, proof } = loadUserKnowledge(files.map(({ path, text }) => ({ path, text })), knowledge);
    const uris = new Map(files.map((file) => [file.path, file.uri]));
    const byUri = new Map<string, Diagnostic[]>(files.map((file) => [file.uri, []]));
    const publish = (found: readonly KnowledgeProblem[]): void => {
      for (const problem of found) byUri.get(uris.get(problem.path) ?? '')?.push(knowledgeDiagnostic(problem));
      publisher.publishKnowledge(byUri);
    };
    this.#proof = proof;
    log.info(`known issues of the user's: ${issues.length} in use, ${problems.length} with a problem`);
    analyses.learn(knowledge.with({ userIssues: issues, builtinIssues: settings.knowledge.builtinIssues, proof }));
    publish(problems);
    if (proof.places.size > 0) void this.#proveRest(proof, publish);
  }

  /** Puts the issues of a large collection to the proof, in slices, once the problems of what is open are out. */
  async #proveRest(proof: IssueProof, publish: (found: readonly KnowledgeProblem[]) => void): Promise<void> {
    const { analyses, documents, log, scheduler } = this.#session;
    const isStale = (): boolean => this.#proof !== proof;
    try {
      for (const { uri } of documents.all()) await analyses.of(uri, CancellationToken.None);
      await scheduler.run(proof.rest(), isStale);
      if (isStale()) return;
      const found = proof.takeProblems();
      log.info(`known issues of the user's: ${found.length} more with a problem`);
      if (found.length > 0) publish(found);
    } catch (error) {
      log.fault('the proof of known issues', error);
    }
  }
}
