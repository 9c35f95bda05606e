/** How well a line names the crash; the best is its headline. */
export const HEADLINE = {
  /** `NAME (code)` of an analysis. */
  header: 0,
  /** `BugCheck 9F, {…}`. */
  analysis: 1,
  /** A stop screen, and what programs tell of one. */
  stop: 2,
  /** An event, a problem report, `.bugcheck`: the crash as the system tells of it. */
  told: 3,
  /** An exception that a debugger is told of, or what stops a process. */
  exception: 4,
  /** Who is blamed: `Probably caused by`, `!exploitable`. */
  blame: 5,
  /** A failure bucket, an exception record. */
  failure: 6,
  /** The call of KeBugCheckEx, the name of a problem report's event. */
  call: 7,
  /** Where to look: the file of the dump, the address of a fault. */
  place: 8,
  none: 9,
} as const;
