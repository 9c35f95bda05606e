/** The section `stopcode` of the client's settings. Whatever the client sends, each setting has a value that can be used. */
import type { Certainty } from '../analysis/knowledge/issue.js';
import type { MatchFilter } from '../features/summary.js';

/** Name of the section. */
export const SECTION = 'stopcode';

/** A known issue that the user does not want to see again, and why. */
export interface Dismissal {
  /** Id of the known issue. */
  readonly issue: string;
  readonly reason?: string;
  /** Crashes it holds for; all where absent. */
  readonly signature?: string;
}

/** What a user can choose, checked. */
export interface Settings {
  readonly diagnostics: { readonly enabled: boolean; readonly notes: boolean };
  readonly hover: { readonly sources: boolean };
  readonly inlayHints: { readonly enabled: boolean };
  readonly knowledge: { readonly folders: readonly string[]; readonly builtinIssues: boolean };
  readonly minimumCertainty: Certainty;
  readonly dismissed: readonly Dismissal[];
}

/** The same as in package.json; a test compares the two. */
export const DEFAULTS: Settings = {
  diagnostics: { enabled: true, notes: true },
  hover: { sources: true },
  inlayHints: { enabled: true },
  knowledge: { folders: [], builtinIssues: true },
  minimumCertainty: 'possible',
  dismissed: [],
};

/** Settings from whatever a client sent as the section. */
export function readSettings(section: unknown): Settings {
  const root = object(section);
  const certainty = root['minimumCertainty'];
  return {
    diagnostics: {
      enabled: flag(object(root['diagnostics'])['enabled'], DEFAULTS.diagnostics.enabled),
      notes: flag(object(root['diagnostics'])['notes'], DEFAULTS.diagnostics.notes),
    },
    hover: { sources: flag(object(root['hover'])['sources'], DEFAULTS.hover.sources) },
    inlayHints: { enabled: flag(object(root['inlayHints'])['enabled'], DEFAULTS.inlayHints.enabled) },
    knowledge: {
      folders: list(object(root['knowledge'])['folders']).filter((folder): folder is string => typeof folder === 'string' && folder !== ''),
      builtinIssues: flag(object(root['knowledge'])['builtinIssues'], DEFAULTS.knowledge.builtinIssues),
    },
    minimumCertainty: certainty === 'exact' || certainty === 'likely' || certainty === 'possible' ? certainty : DEFAULTS.minimumCertainty,
    dismissed: list(root['dismissed']).map(dismissal).filter((entry) => entry !== undefined),
  };
}

/** What the settings leave of the known issues. */
export function filterOf(settings: Settings): MatchFilter {
  return {
    minimumCertainty: settings.minimumCertainty,
    isDismissed: (id, signature) => settings.dismissed.some((entry) => entry.issue === id && (entry.signature === undefined || entry.signature === signature)),
  };
}

function dismissal(value: unknown): Dismissal | undefined {
  const { issue, reason, signature } = object(value);
  if (typeof issue !== 'string') return undefined;
  return { issue, ...(typeof reason === 'string' ? { reason } : {}), ...(typeof signature === 'string' ? { signature } : {}) };
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function flag(value: unknown, otherwise: boolean): boolean {
  return typeof value === 'boolean' ? value : otherwise;
}
