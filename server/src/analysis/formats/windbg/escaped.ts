/**
 * What opens a report that went through Markdown: every underscore of a name has a back-slash before it. The words behind
 * underscores are shared by many names (`IRQL\_NOT\_LESS\_OR\_EQUAL`), so a few of them find nearly all.
 */
const WORDS = `
ERROR LIVEDUMP INITIA SYSTEM DRIVE VIOLATION NOT_ INVALID TIMEOUT CORRUPT FAILURE FAULT THREAD EXCEPTION PROCESS STACK_ MISMATCH POOL_ MEMORY
ACCESS LOCK_ MODE_ BOOT_ HANDLE INTER PAGES STATE DETECTED WATCHDOG UNKNOWN CANCEL FAILED OBJECT REFERENCE CONFIGURAT UNWIND_ QUEUE_ PROTECT
MANAGE SLOT_ FROM_ MDL_ MUTEX UNEXPECTED LEVEL PAGED_ IRQL_ DIED HEADER
`;
const FIELDS = 'BUGCHECK_STR BUGCHECK_CODE BUGCHECK_P1 BUCKET_ID STACK_TEXT STACK_COMMAND FOLLOWUP_IP FAULTING_IP EXCEPTION_CODE TRAP_FRAME LAST_CONTROL IMAGE_NAME MODULE_NAME PROCESS_NAME SYMBOL_NAME';

const escaped = (name: string): string => name.replaceAll('_', '\\_');

/** Openers of names and fields with their underscores escaped. */
export const ESCAPED_OPENERS: readonly string[] = [
  ...WORDS.trim().split(/\s+/).map((word) => escaped(`_${word}`)),
  ...FIELDS.split(' ').map(escaped),
];
