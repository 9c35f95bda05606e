/**
 * The shape of the knowledge files under `server/knowledge/`. The JSON Schemas in `server/knowledge/schema/` say the
 * same for editors; a test compares the two. Text in these files is our own wording; every entry names its public source.
 *
 * Numbers that stand in logs are written as lower-case hex strings without padding (`"0xd1"`).
 */

/** Lower-case hex, `0x` in front, no leading zeros. */
export type Hex = string;

/** A place where something is written up. `url` is absent where no public address is known. */
export interface Article {
  readonly kind: 'kb' | 'bug' | 'commit' | 'advisory' | 'documentation' | 'release-notes' | 'article';
  /** The name people cite: `KB2636573`, `Red Hat bug 1387054`. */
  readonly id: string;
  readonly title: string;
  readonly url?: string;
}

/** `bugchecks/index.json`: every documented bug check by code. */
export interface BugCheckIndexData {
  /** Address in front of each `page`. */
  readonly base: string;
  readonly entries: readonly { readonly code: Hex; readonly name: string; readonly page?: string; readonly kind?: 'live-dump'; readonly sameAs?: Hex }[];
}

/** `bugchecks/0x000000d1.json`: what one bug check and its parameters mean. */
export interface BugCheckData {
  readonly code: Hex;
  readonly name: string;
  /** One or two sentences: what happened. */
  readonly summary: string;
  /** What to look at next, most useful first. */
  readonly next?: readonly string[];
  /** Parameters 1 to 4, in order. May be shorter where the rest is reserved. */
  readonly parameters: readonly ParameterData[];
  /** Meanings that depend on the value of a parameter; the first variant whose `when` holds replaces the general text. */
  readonly variants?: readonly {
    /** Parameter number (`"1"`…`"4"`) to its value. All must hold. */
    readonly when: Readonly<Record<string, Hex>>;
    readonly summary?: string;
    readonly next?: readonly string[];
    /** By position; `null` keeps the general meaning. */
    readonly parameters?: readonly (ParameterData | null)[];
  }[];
  readonly articles?: readonly Article[];
  readonly sources: readonly string[];
}

export interface ParameterData {
  /** A few words that can stand before a colon: `IRQL at the time`. */
  readonly name: string;
  /** A decoder id from `decoders/index.ts` (`irql`, `ntstatus`, `address`, `pageFaultError` …). */
  readonly decode?: string;
  /** Known values; they win over the decoder. */
  readonly values?: Readonly<Record<Hex, string>>;
  readonly text?: string;
}

/** `registers/<name>.json`: a value made of bits or fields. */
export interface RegisterData {
  /** `cr4`, `rflags`, `efer`, `pte`, `page-fault-error`, `mci-status`, `ivar-82574` … */
  readonly id: string;
  /** What people see in a log: `cr4`, `CR4`. Matched without regard to case. */
  readonly names: readonly string[];
  readonly title: string;
  readonly summary: string;
  readonly next?: readonly string[];
  readonly fields: readonly {
    /** `"5"` or `"51:12"`, high first. */
    readonly bits: string;
    readonly name: string;
    /** Meaning when the bit is set, or of the field. */
    readonly text: string;
    /** Meaning when a one-bit field is clear, where that is worth saying. */
    readonly clear?: string;
    /** Meanings of a field's values, by decimal value. */
    readonly values?: Readonly<Record<string, string>>;
    /** Multi-bit field that holds an address when shifted back into place. */
    readonly address?: boolean;
  }[];
  readonly sources: readonly string[];
}

/** `terms/*.json`: words that stand in logs and in talk about them: RVI, IRR, EOI, IVAR, MSI-X, functions, options. */
export interface TermData {
  /** The words as written. One- or two-letter words are not allowed. */
  readonly words: readonly string[];
  /** False (the default) matches the words as written; true without regard to case. */
  readonly anyCase?: boolean;
  /** What sort of thing it is; colours and hover headings use it. */
  readonly kind: 'register' | 'function' | 'option' | 'feature' | 'concept' | 'field' | 'component';
  /** Full name: `Requesting virtual interrupt`. */
  readonly title: string;
  /** What it means here. */
  readonly text: string;
  /** The system a module is of, where its name means nothing or something else on others: `cdrom`, `pci`, `bridge`. */
  readonly system?: 'windows' | 'linux';
  readonly next?: readonly string[];
  readonly articles?: readonly Article[];
  readonly sources: readonly string[];
}

/** `patterns/*.json`: values that software or hardware writes where nothing meaningful stands. */
export interface FillPatternData {
  /** The repeating unit: `0x5a5a5a5a`, `0xffffffff`. */
  readonly pattern: Hex;
  /** Where it is seen: `pci`, `windows-kernel`, `linux` … */
  readonly where: string;
  readonly title: string;
  readonly text: string;
  readonly sources: readonly string[];
}

/** `status/*.json`: number to name, with a few words for the ones that matter in crashes. */
export interface StatusTableData {
  readonly id: 'ntstatus' | 'hresult' | 'win32' | 'errno' | 'vmkernel' | 'nt-exception' | 'fast-fail' | 'whea-source' | 'vmx-exit' | 'svm-exit' | 'msr' | 'kvm-suberror' | 'hresult-facility';
  readonly title: string;
  readonly entries: readonly (readonly [code: Hex, name: string] | readonly [code: Hex, name: string, text: string])[];
  /** Pages that describe some of the codes. */
  readonly pages?: readonly { readonly title: string; readonly url: string; readonly codes: readonly Hex[] }[];
  readonly sources: readonly string[];
}

/** `exceptions/x86.json`: processor exceptions by vector. */
export interface TrapData {
  readonly vector: number;
  readonly mnemonic: string;
  readonly name: string;
  readonly text: string;
  readonly next?: readonly string[];
  readonly sources: readonly string[];
}

/** `panics/*.json`: what ends a hypervisor or a guest process, by `panic.kind`. */
export interface PanicData {
  /** Value of the fact `panic.kind`: `tlb-invalidate`, `heartbeat`, `kvm-internal-error` … */
  readonly kind: string;
  /** `PCPU did not acknowledge a TLB invalidation`. */
  readonly title: string;
  readonly text: string;
  readonly next?: readonly string[];
  readonly articles?: readonly Article[];
  /** Articles on one system of several that panic so, by the fact `system.product`. */
  readonly articlesByProduct?: Readonly<Record<string, readonly Article[]>>;
  /** The exceptions its articles are about, where not all. */
  readonly vectors?: readonly number[];
  readonly sources: readonly string[];
}
