/**
 * Codes that a report states besides its heading: the call of KeBugCheckEx, the failure bucket. Whoever collects crashes leaves the
 * heading of one out, and its values are not those of the report above.
 */
import type { LogicalLine } from '../cursor.js';
import { isStatedCode } from './bugCheckNames.js';
import { distance } from './ahead.js';
import { hexIn, type Reading, type Report } from './report.js';
import { canonicalAddress } from './scan.js';

/** What the beginning of another report adds to a reading. */
type OtherCode = Pick<Reading, 'begins' | 'code'>;

const NOTHING: OtherCode = {};
/** The first argument of the call, with all columns of a 32-bit or 64-bit stack before it. */
const CALL = /^\s{0,16}(?:[0-9a-f]{1,3} {1,8})?[0-9a-f]{8}(?:`?[0-9a-f]{8})? {1,8}[0-9a-f]{8}(?:`?[0-9a-f]{8})? {1,8}(?:: {1,8})?([0-9a-f]{8}(?:`?[0-9a-f]{8})?)(?: {1,8}[0-9a-f]{8}(?:`?[0-9a-f]{8})?){2,3} {1,8}(?:: {1,8})?nt!KeBugCheck(?:Ex)?(?![A-Za-z0-9])/;
const IN_WORDS = /^(?:[A-Z][A-Z0-9]{1,5}_)?(0x[0-9A-Fa-f]{1,8})(?![0-9A-Za-z])/;

/** The code in a bucket or BUGCHECK_STR, as written: `0x7f_8`, `X64_0x9F_3_POWER_DOWN`, `LKD_0x141_…`; and where it ends. Undefined where it has none. */
export function codeInWords(words: string): { readonly code: string; readonly end: number } | undefined {
  const match = IN_WORDS.exec(words);
  return match === null ? undefined : { code: match[1] ?? '', end: match[0].length };
}

function stated(code: string | undefined): OtherCode {
  return code !== undefined && isStatedCode(code) ? { begins: 'value', code } : NOTHING;
}

/** The code with which a frame calls KeBugCheckEx, as the beginning of another report. */
export function codeOfCall(line: LogicalLine): OtherCode {
  const call = line.text.includes('!KeBugCheck') ? CALL.exec(line.text.slice(0, 200))?.[1] : undefined;
  return call === undefined ? NOTHING : stated(canonicalAddress(call));
}

/** The code in a field of which the value begins at `start`, as the beginning of another report. */
export function codeOfField(name: string, text: string, start: number): OtherCode {
  if (name !== 'FAILURE_BUCKET_ID' && name !== 'BUGCHECK_STR') return NOTHING;
  return statedInWords(text.slice(start, start + 32));
}

/** Lines between a report and the key that is asked about before it is its turn. */
const MOST_AHEAD = 48;

/** The code in the bucket that a list of keys names on the line below its key. */
export function codeOfKey(name: string, line: LogicalLine, report: Report): OtherCode {
  if (name !== 'Failure.Bucket') return NOTHING;
  const at = distance(report.ahead, line, MOST_AHEAD);
  const value = /^\s{0,16}Value: {1,8}(.{1,32})/.exec(at < 0 ? '' : (report.ahead.peek(at + 1)?.text ?? ''))?.[1];
  return value === undefined ? NOTHING : statedInWords(value);
}

function statedInWords(value: string): OtherCode {
  const code = codeInWords(value)?.code;
  return code === undefined ? NOTHING : stated(canonicalAddress(code));
}

/** Codes of exceptions between the words of a bucket: NTSTATUS errors, a breakpoint, those of C++ and .NET. `cfffffff` stands for a hang. */
const EXCEPTION_IN_BUCKET = /_(c0[0-9a-f]{6}|80000003|e06d7363|e0434352)(?=_)/gi;

/** `INVALID_POINTER_READ_c0000005_acme.dll!Read`: the exception of a process stands right before what is blamed; a fill pattern may stand before it. */
export function exceptionOfBucket(report: Report, line: LogicalLine, start: number, bucket: string): void {
  if (bucket.length > 1024 || report.bugChecks.hasCode) return;
  const blamed = bucket.indexOf('!');
  const match = [...(blamed < 0 ? bucket : bucket.slice(0, blamed)).matchAll(EXCEPTION_IN_BUCKET)].at(-1);
  if (match === undefined) return;
  const at = start + match.index + 1;
  report.claim('exception.code', hexIn(line, at, at + 8) ?? '', 7, line, at, at + 8);
}
