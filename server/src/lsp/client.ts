/** What the client can do, read once from its `initialize` request. */
import type { ClientCapabilities, InitializeParams } from 'vscode-languageserver';
import { COMMANDS } from '../features/commands.js';
import type { Markup } from '../features/page.js';

/** Capabilities and wishes of the client; absent ones count as not there. */
export interface Client {
  readonly markup: Markup;
  readonly hierarchicalSymbols: boolean;
  readonly foldingLimit: number;
  readonly relatedInformation: boolean;
  readonly codeActionLiterals: boolean;
  readonly configuration: boolean;
  readonly configurationRegistration: boolean;
  readonly watchedFilesRegistration: boolean;
  /** Whether files outside the workspace can be watched as well. */
  readonly watchesFolders: boolean;
  readonly tokensRefresh: boolean;
  readonly hintsRefresh: boolean;
  /** Whether the client asks for the tooltip of an inlay hint when it is wanted. */
  readonly hintTooltips: boolean;
  readonly showDocument: boolean;
  readonly workspaceFolderChanges: boolean;
  /** Commands that code actions may name. */
  readonly commands: ReadonlySet<string>;
  /** True where the client runs the commands itself; otherwise the server does, as far as the protocol lets it. */
  readonly runsCommands: boolean;
  readonly folders: readonly string[];
}

/** Commands the server can stand in for: it opens a link through the client and shows a text as a message. */
export const SERVER_COMMANDS: readonly string[] = [COMMANDS.openLink, COMMANDS.copyText, COMMANDS.showExplanation];

/** From the parameters of `initialize`. */
export function readClient(params: InitializeParams): Client {
  // Clients send less than the types promise.
  const capabilities = (params.capabilities as ClientCapabilities | undefined) ?? {};
  const { workspace, window, textDocument } = capabilities;
  const announced = commandsOf(params.initializationOptions);
  return {
    markup: textDocument?.hover?.contentFormat?.includes('markdown') === true ? 'markdown' : 'plaintext',
    hierarchicalSymbols: textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true,
    foldingLimit: textDocument?.foldingRange?.rangeLimit ?? 5_000,
    relatedInformation: textDocument?.publishDiagnostics?.relatedInformation === true,
    codeActionLiterals: textDocument?.codeAction?.codeActionLiteralSupport !== undefined,
    configuration: workspace?.configuration === true,
    configurationRegistration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    watchedFilesRegistration: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    watchesFolders: workspace?.didChangeWatchedFiles?.dynamicRegistration === true && workspace.didChangeWatchedFiles.relativePatternSupport === true,
    tokensRefresh: workspace?.semanticTokens?.refreshSupport === true,
    hintsRefresh: workspace?.inlayHint?.refreshSupport === true,
    hintTooltips: textDocument?.inlayHint?.resolveSupport?.properties.includes('tooltip') === true,
    showDocument: window?.showDocument?.support === true,
    workspaceFolderChanges: workspace?.workspaceFolders === true,
    commands: new Set(announced ?? SERVER_COMMANDS),
    runsCommands: announced !== undefined,
    folders: foldersOf(params),
  };
}

/** `initializationOptions: { commands: [...] }`; undefined where the client says nothing of commands. */
function commandsOf(options: unknown): string[] | undefined {
  if (typeof options !== 'object' || options === null || !('commands' in options) || !Array.isArray(options.commands)) return undefined;
  return options.commands.filter((command): command is string => typeof command === 'string');
}

function foldersOf(params: InitializeParams): string[] {
  if (Array.isArray(params.workspaceFolders)) return params.workspaceFolders.map((folder) => folder.uri);
  // Older clients send one folder. eslint marks these fields as deprecated, the clients still send them.
  const { rootUri } = params as { rootUri?: unknown };
  return typeof rootUri === 'string' ? [rootUri] : [];
}
