/** Everything known, table by table. A table is asked of the host when it is first needed and indexed once. */
import { formatHex } from '../text/hex.js';
import type {
  Article, BugCheckData, BugCheckIndexData, FillPatternData, PanicData, RegisterData, StatusTableData, TermData, TrapData,
} from './data.js';
import type { IssueData } from './issue.js';
import { IssueIndex, type IssueIndexOptions } from './issueIndex.js';
import type { PackedIssues } from './packedIssues.js';

/** Names of the tables a host can be asked for; each is one JSON value built from `server/knowledge/`. */
export type KnowledgeTable = 'bugchecks' | 'registers' | 'terms' | 'status' | 'traps' | 'panics' | 'patterns' | 'issues';

/** Gives a table when it is first needed: the node host reads a file, the browser host has it in its bundle. */
export type KnowledgeSource = (table: KnowledgeTable) => unknown;

export interface KnowledgeOptions extends IssueIndexOptions {
  /** False leaves the built-in known issues out. */
  readonly builtinIssues?: boolean;
  /** Known issues of the user's, already checked by `userKnowledge.ts`. */
  readonly userIssues?: readonly IssueData[] | PackedIssues;
}

export interface BugCheck {
  readonly code: string;
  readonly name: string;
  /** Reference page. */
  readonly article?: Article;
  readonly detail?: BugCheckData;
}

/** A status table with its names by canonical code. */
export type NamedStatusTable = StatusTableData & { readonly names: ReadonlyMap<string, readonly [name: string, text?: string]> };

/** A term of several words, as the knowledge writes it. */
export interface Phrase {
  readonly words: string;
  readonly term: TermData;
}

/** Codes below are no warning and no error; they are other numbers at least as often. */
const LEAST_STATUS = 0x40000000n;

interface TermTables {
  readonly exact: ReadonlyMap<string, TermData>;
  readonly folded: ReadonlyMap<string, TermData>;
  /** By each of their words, in lower case. */
  readonly phrases: ReadonlyMap<string, readonly Phrase[]>;
}

interface BugCheckTables {
  readonly byCode: ReadonlyMap<string, BugCheck>;
  readonly byName: ReadonlyMap<string, BugCheck>;
}

/** What was loaded so far. */
interface Loaded {
  bugChecks?: BugCheckTables;
  registers?: ReadonlyMap<string, RegisterData>;
  terms?: TermTables;
  status?: readonly NamedStatusTable[];
  traps?: readonly TrapData[];
  panics?: readonly PanicData[];
  patterns?: readonly FillPatternData[];
}

/** Immutable but for what was loaded so far. A table that the host cannot give counts as empty. */
export class Knowledge {
  readonly #source: KnowledgeSource;
  readonly #options: KnowledgeOptions;
  /** One for all that were made `with` other issues: a table is loaded once, whichever of them needs it first. */
  #loaded: Loaded = {};
  #issues: IssueIndex | undefined;

  constructor(source: KnowledgeSource, options: KnowledgeOptions = {}) {
    this.#source = source;
    this.#options = options;
  }

  /** The same knowledge with other issues; the tables are shared. */
  with(options: KnowledgeOptions): Knowledge {
    const other = new Knowledge(this.#source, options);
    other.#loaded = this.#loaded;
    return other;
  }

  #list<T>(table: KnowledgeTable): readonly T[] {
    const value = this.#source(table);
    return Array.isArray(value) ? (value as T[]) : [];
  }

  #bugCheckTables(): BugCheckTables {
    if (this.#loaded.bugChecks !== undefined) return this.#loaded.bugChecks;
    const table = this.#source('bugchecks') as { index?: BugCheckIndexData; details?: readonly BugCheckData[] } | undefined;
    const details = new Map((table?.details ?? []).map((detail) => [detail.code, detail]));
    const byCode = new Map<string, BugCheck>();
    const byName = new Map<string, BugCheck>();
    for (const entry of table?.index?.entries ?? []) {
      const detail = details.get(entry.code) ?? (entry.sameAs === undefined ? undefined : details.get(entry.sameAs));
      const bugCheck: BugCheck = {
        code: entry.code,
        name: entry.name,
        ...(detail === undefined ? {} : { detail }),
        ...(entry.page === undefined ? {} : { article: { kind: 'documentation', id: `Bug check 0x${entry.code.slice(2).toUpperCase()}`, title: entry.name, url: (table?.index?.base ?? '') + entry.page } }),
      };
      if (entry.kind !== 'live-dump' || !byCode.has(entry.code)) byCode.set(entry.code, bugCheck);
      if (!byName.has(entry.name)) byName.set(entry.name, bugCheck);
    }
    return (this.#loaded.bugChecks = { byCode, byName });
  }

  /** A bug check by its canonical code. */
  bugCheck(code: string): BugCheck | undefined {
    return this.#bugCheckTables().byCode.get(code);
  }

  bugCheckByName(name: string): BugCheck | undefined {
    return this.#bugCheckTables().byName.get(name.toUpperCase());
  }

  /** A register or bit field by its id or by a name that stands in logs. */
  register(name: string): RegisterData | undefined {
    if (this.#loaded.registers === undefined) {
      const registers = new Map<string, RegisterData>();
      for (const register of this.#list<RegisterData>('registers')) {
        for (const written of [register.id, ...register.names]) if (!registers.has(written.toLowerCase())) registers.set(written.toLowerCase(), register);
      }
      this.#loaded.registers = registers;
    }
    return this.#loaded.registers.get(name.toLowerCase());
  }

  #termTables(): TermTables {
    if (this.#loaded.terms === undefined) {
      const exact = new Map<string, TermData>();
      const folded = new Map<string, TermData>();
      const phrases = new Map<string, Phrase[]>();
      for (const term of this.#list<TermData>('terms')) {
        for (const written of term.words) {
          exact.set(written, term);
          if (term.anyCase === true) folded.set(written.toLowerCase(), term);
          if (written.includes(' ')) for (const word of written.split(' ')) phrases.set(word.toLowerCase(), [...(phrases.get(word.toLowerCase()) ?? []), { words: written, term }]);
        }
      }
      this.#loaded.terms = { exact, folded, phrases };
    }
    return this.#loaded.terms;
  }

  /** A word of the trade: RVI, IVAR, hv_relaxed, a function name. */
  term(word: string): TermData | undefined {
    const { exact, folded } = this.#termTables();
    return exact.get(word) ?? folded.get(word.toLowerCase());
  }

  /** The longest term of several words that holds `word` and stands in `line`: `Stack unwind information not available`. */
  phraseWith(word: string, line: string): Phrase | undefined {
    const fitting = (this.#termTables().phrases.get(word.toLowerCase()) ?? []).filter(({ words, term }) => (term.anyCase === true ? line.toLowerCase().includes(words.toLowerCase()) : line.includes(words)));
    return fitting.sort((a, b) => b.words.length - a.words.length)[0];
  }

  /** The status tables with names by canonical code. */
  statusTables(): readonly NamedStatusTable[] {
    return (this.#loaded.status ??= this.#list<StatusTableData>('status').map((table) => ({
      ...table,
      names: new Map(table.entries.map(([code, name, text]) => [code, text === undefined ? [name] : [name, text]] as const)),
    })));
  }

  /** Name and, where there is one, a meaning of a status code in one table. */
  status(table: StatusTableData['id'], code: bigint | string): readonly [string, string?] | undefined {
    const canonical = typeof code === 'string' ? code : formatHex(code);
    return this.statusTables().find((candidate) => candidate.id === table)?.names.get(canonical);
  }

  /** Names for the titles of crashes. */
  get names(): { readonly bugCheck: (code: string) => string | undefined; readonly exception: (code: string) => string | undefined } {
    return {
      bugCheck: (code) => this.bugCheck(code)?.name,
      // Small numbers that a program raised are its own: 0x1 is no STATUS_WAIT_1 there.
      exception: (code) => (this.status('nt-exception', code) ?? (BigInt(code) < LEAST_STATUS ? undefined : this.status('ntstatus', code)))?.[0],
    };
  }

  /** Where the code of an exception is written up. */
  exceptionArticle(code: string): Article | undefined {
    const [name] = this.status('nt-exception', code) ?? this.status('ntstatus', code) ?? [];
    const page = this.statusTables().flatMap((table) => table.pages ?? []).find(({ codes }) => codes.includes(code));
    return name === undefined || page === undefined ? undefined : { kind: 'documentation', id: `Exception ${code}`, title: page.title, url: page.url };
  }

  /** A processor exception by vector or mnemonic. */
  trap(which: number | string): TrapData | undefined {
    this.#loaded.traps ??= this.#list<TrapData>('traps');
    return this.#loaded.traps.find((trap) => trap.vector === which || trap.mnemonic === which);
  }

  panic(kind: string): PanicData | undefined {
    this.#loaded.panics ??= this.#list<PanicData>('panics');
    return this.#loaded.panics.find((panic) => panic.kind === kind);
  }

  patterns(): readonly FillPatternData[] {
    return (this.#loaded.patterns ??= this.#list<FillPatternData>('patterns'));
  }

  /** Loads the tables, one between two yields; whoever needs one before gets it all the same. */
  *load(): Generator<undefined, void> {
    const tables = [() => this.#bugCheckTables(), () => this.register(''), () => this.#termTables(), () => this.statusTables(), () => this.trap(''), () => this.panic(''), () => this.patterns()];
    for (const load of tables) {
      load();
      yield undefined;
    }
  }

  /** Those the product comes with, whether they are used or not. */
  get builtinIssues(): readonly IssueData[] {
    return this.#list<IssueData>('issues');
  }

  /** Known issues, indexed by what a crash must show. */
  get issues(): IssueIndex {
    return (this.#issues ??= new IssueIndex(this.#options.builtinIssues === false ? [] : this.builtinIssues, this.#options.userIssues ?? [], this.#options));
  }
}
