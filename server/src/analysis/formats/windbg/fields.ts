/** Fields of `!analyze -v` (`MODULE_NAME: storvsc`) and its key list (`Key  : Failure.Bucket` / `Value: …`). */
import type { LogicalLine } from '../cursor.js';
import { bugCheckCodeOf, leadingBugCheckName } from './bugCheckNames.js';
import { isFailureField, isFieldName, isListedField, isOpeningField, opensByValue } from './fieldNames.js';
import { claimSymbol, stateCode, stateName, stateParameter } from './state.js';
import { labelEnd } from './cuts.js';
import { codeInWords, codeOfField, codeOfKey, exceptionOfBucket } from './otherCode.js';
import { remarkStart } from './remarkOfReader.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { addressEnd, insideQuotes, isNameUnit, skipBlanks, symbolAt, valueEnd, wordEnd } from './scan.js';
import type { Source } from './statements.js';
import { symbolTokens, textTokens, valueTokens } from './tokens.js';

/** Says the value that stands from `start` to `end`. */
type Handler = (report: Report, line: LogicalLine, start: number, end: number) => void;

/** What stands where nothing was found out, and how a sentence goes on that speaks of a field: `Examine MODULE_NAME: and FAULTING_MODULE: to see`. */
const NOTHING: ReadonlySet<string> = new Set(['unknown_module', 'unknown_image', 'unknown', 'analysis_inconclusive', 'not', 'and', 'or', 'the', 'to', '']);

/** A value of which only the first word counts, as printed. */
function word(key: string, rank: number, lower = false): Handler {
  return (report, line, start, end) => {
    const to = Math.min(wordEnd(line.text, start), end);
    const value = line.text.slice(start, to);
    if (NOTHING.has(value.toLowerCase())) {
      report.sink.token('fieldValue', line, start, end);
      return;
    }
    report.claim(key, lower ? value.toLowerCase() : value, rank, line, start, to, key === 'module' || key === 'image' ? 'module' : key === 'process' ? 'process' : 'fieldValue');
    textTokens(report, line, to, end);
  };
}

/** The whole value as printed. */
function whole(key: string, rank: number, kind: 'fieldValue' | 'process' | 'version' = 'fieldValue'): Handler {
  return (report, line, start, end) => {
    // The stop of a sentence that the field was written into; without an extension before it, it may be of a name cut at 15 characters.
    if ((key === 'process' || key === 'image') && /\.(?:exe|sys|dll)[.,;]$/i.test(line.text.slice(Math.max(start, end - 5), end))) end--;
    // Markdown's signs for bold and code end behind the value.
    if (key === 'image') while (end > start && '*`'.includes(line.text.charAt(end - 1))) end--;
    const value = line.text.slice(start, end);
    if (NOTHING.has(value.toLowerCase())) report.sink.token('fieldValue', line, start, end);
    else report.claim(key, value, rank, line, start, end, key === 'image' ? 'module' : kind);
  };
}

/** A hexadecimal value. */
function hex(key: string, rank: number, kind: 'number' | 'address' | 'statusCode'): Handler {
  return (report, line, start, end) => {
    const to = valueEnd(line.text, start);
    // `READ_ADDRESS: fffff8035d8fb390: Unable to get MiVisibleState` complains of a variable; the value stands below.
    const value = to < 0 || line.text.charCodeAt(to) === 58 ? undefined : hexIn(line, start, to);
    if (value === undefined) {
      valueTokens(report, line, start, end);
      return;
    }
    report.claim(key, value, rank, line, start, to, kind);
    textTokens(report, line, to, end);
  };
}

/** `heap_corruption!My App.exe`, `My App.exe!Unknown_Error_In_Process`: names of files hold blanks. */
const OF_FILE = /^(?:[\w.~$-]{1,64}![^!*?"<>|]{1,64}\.(?:exe|dll|sys)|[^!*?"<>|]{1,64}\.(?:exe|dll|sys)![\w@?$:]{1,200})$/i;

const symbolName: Handler = (report, line, start, end) => {
  const symbol = symbolAt(line.text, start, true);
  if (symbol?.end !== end) {
    const value = line.text.slice(start, end);
    // Where the process itself is blamed, its file stands for the module or the function.
    if (OF_FILE.test(value)) return report.claim('symbol', value.toLowerCase(), 0, line, start, end, 'symbol');
    report.sink.token('fieldValue', line, start, end);
    return;
  }
  symbolTokens(report, line, symbol, true);
  claimSymbol(report, line, symbol, 0);
};

/** `(NTSTATUS) 0xc0000005 - The instruction at …` */
const status: Handler = (report, line, start, end) => {
  const close = line.text.charCodeAt(start) === 40 ? line.text.indexOf(')', start) : start - 1;
  const value = skipBlanks(line.text, close + 1);
  hex('exception.code', 1, 'statusCode')(report, line, value, end);
};

/** States the code in a bucket or BUGCHECK_STR, a number (`0x7f_8`) or a name (`CLOCK_WATCHDOG_TIMEOUT_2_PROC`). */
export function stateCodeIn(report: Report, source: Source, line: LogicalLine, start: number, end: number): void {
  const printed = codeInWords(line.text.slice(start, Math.min(end, start + 32)));
  if (printed !== undefined) {
    stateCode(report, report.bugChecks.add(source), line, start + printed.end - printed.code.length, start + printed.end);
    return;
  }
  const name = leadingBugCheckName(line.text.slice(start, Math.min(end, start + 96)));
  const code = name === undefined ? undefined : bugCheckCodeOf(name);
  if (name === undefined || code === undefined) return;
  const statement = report.bugChecks.add(source);
  statement.code = { value: code, line, start, end: start + name.length };
  stateName(report, statement, line, start, start + name.length);
}

/** A failure bucket. */
export const bucket: Handler = (report, line, start, end) => {
  const text = line.text.slice(start, end);
  if (!text.includes(' ')) stateCodeIn(report, 'failure bucket', line, start, end);
  exceptionOfBucket(report, line, start, text);
  report.claim('failure.bucket', text, 0, line, start, end, 'fieldValue');
};

function parameter(n: number): Handler {
  return (report, line, start, end) => {
    const to = valueEnd(line.text, start);
    if (to < 0) valueTokens(report, line, start, end);
    else stateParameter(report, report.bugChecks.add('BUGCHECK_CODE'), n, line, start, to);
  };
}

function code(source: Source): Handler {
  return (report, line, start, end) => {
    const to = valueEnd(line.text, start);
    if (to < 0) valueTokens(report, line, start, end);
    else stateCode(report, report.bugChecks.add(source), line, start, to);
  };
}

/** A token only: a value that looks like an address and is none. */
function plain(kind: 'number' | 'version'): Handler {
  return (report, line, start, end) => report.sink.token(kind, line, start, end);
}

const FIELDS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['BUGCHECK_CODE', code('BUGCHECK_CODE')],
  ['BUGCHECK_P1', parameter(1)], ['BUGCHECK_P2', parameter(2)], ['BUGCHECK_P3', parameter(3)], ['BUGCHECK_P4', parameter(4)],
  ['BUGCHECK_STR', (report, line, start, end) => {
    stateCodeIn(report, 'BUGCHECK_STR', line, start, end);
    if (line.text.startsWith('APPLICATION_FAULT', start)) report.exception = true;
    report.sink.token('fieldValue', line, start, end);
  }],
  ['FAILURE_BUCKET_ID', bucket],
  ['BUCKET_ID', (report, line, start, end) => {
    if (!report.has('failure.bucket')) stateCodeIn(report, 'failure bucket', line, start, end);
    report.claim('failure.bucket', line.text.slice(start, end), 2, line, start, end, 'fieldValue');
  }],
  ['FAILURE_ID_HASH', (report, line, start, end) => report.claim('failure.hash', line.text.slice(start, end).toLowerCase(), 0, line, start, end, 'fieldValue')],
  ['MODULE_NAME', word('module', 0, true)],
  ['IMAGE_NAME', whole('image', 0)],
  ['FAILURE_IMAGE_NAME', whole('image', 1)],
  ['PROCESS_NAME', whole('process', 0, 'process')],
  ['SYMBOL_NAME', symbolName],
  ['FAILURE_SYMBOL_NAME', symbolName],
  ['CURRENT_IRQL', hex('irql', 0, 'number')],
  ['EXCEPTION_CODE', status],
  // With wrong symbols the analysis prints numbers of an image here; no exception has a customer's code without a severity.
  ['EXCEPTION_CODE_STR', (report, line, start, end) => (/^(?:0x)?[123][0-9a-f]{7}$/i.test(line.text.slice(start, end)) ? plain('number') : hex('exception.code', 2, 'statusCode'))(report, line, start, end)],
  ['ERROR_CODE', status],
  ['READ_ADDRESS', hex('exception.address', 0, 'address')],
  ['WRITE_ADDRESS', hex('exception.address', 0, 'address')],
  ['EXECUTE_ADDRESS', hex('exception.address', 0, 'address')],
  ['OS_VERSION', word('system.version', 0)],
  ['BUILD_VERSION_STRING', word('system.version', 1)],
  ['OSNAME', whole('system.product', 1)],
  ['OSPLATFORM_TYPE', word('system.architecture', 1)],
  ['BUILDLAB_STR', word('system.build', 2)],
  ['DEBUG_FLR_IMAGE_TIMESTAMP', plain('number')], ['WATSON_BKT_MODSTAMP', plain('number')], ['WATSON_BKT_PROCSTAMP', plain('number')],
  ['IMAGE_VERSION', plain('version')], ['WATSON_BKT_MODVER', plain('version')], ['WATSON_BKT_PROCVER', plain('version')],
  ['ANALYSIS_VERSION', word('debugger.version', 1)],
]);

const KEYS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['Failure.Bucket', bucket],
  ['Failure.Hash', (report, line, start, end) => report.claim('failure.hash', line.text.slice(start, end).toLowerCase(), 1, line, start, end, 'fieldValue')],
  ['Bugcheck.Code.KiBugCheckData', code('key value')],
  ['Bugcheck.Code.LegacyAPI', code('key value')],
  ['Bugcheck.Code.TargetModel', code('key value')],
  ['Bugcheck.Code.DumpHeader', code('key value')],
  ['Bugcheck.Code.Register', code('key value')],
  ['Failure.Exception.Code', hex('exception.code', 2, 'statusCode')],
  // In decimal, as nothing else in a list of keys.
  ['FailFast.Type', (report, line, start, end) => {
    const type = line.text.slice(start, end);
    valueTokens(report, line, start, end);
    if (/^\d{1,3}$/.test(type)) report.claim('exception.failfast', '0x' + Number(type).toString(16), 4, line, start, end);
  }],
  ['Failure.Exception.IP.Module', word('module', 6, true)],
  ['WER.OS.Version', word('system.version', 2)],
  ['WER.OS.Branch', word('system.build', 3)],
  ['Analysis.Version.DbgEng', word('debugger.version', 2)],
]);

/** What says the value of a key of the list. */
export function keyHandler(name: string): Handler | undefined {
  return KEYS.get(name);
}

/** Fields whose value is a symbol and an instruction on the lines below. */
const ADDRESS_FIELDS: ReadonlySet<string> = new Set(['FAULTING_IP', 'FOLLOWUP_IP', 'FAILED_INSTRUCTION_ADDRESS']);

/** `MODULE_NAME: storvsc`, also in bold, padded or without its colon where the report has lost them all; the last line of an analysis, `Followup: …`. */
export function field(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const first = skipBlanks(text, 0);
  // A label in bold: `**IMAGE_NAME:** acme.sys`.
  const start = text.startsWith('**', first) && text.charCodeAt(first + 2) !== 42 ? first + 2 : first;
  let after = labelEnd(text, start);
  if (after < 0) after = paddedLabelEnd(text, start);
  if (after < 0 && report.isBare && isListedField(text.slice(start, wordEnd(text, start)))) after = wordEnd(text, start) + 1;
  if (after < 0) return followup(line, report, start);
  const name = text.slice(start, after - 1).trimEnd();
  return isFieldName(name) ? fieldAt(line, report, { first, start, after, name }) : undefined;
}

/** A listed field of which the form is known (`forms.ts`). */
export function formedField(line: LogicalLine, report: Report): Reading {
  const after = line.text.indexOf(':') + 1;
  return fieldAt(line, report, { first: 0, start: 0, after, name: line.text.slice(0, after - 1) });
}

/** Where a label begins, with its signs and without, where the value can begin, and the name between. */
interface Label {
  readonly first: number;
  readonly start: number;
  readonly after: number;
  readonly name: string;
}

/** What is known of a field by its name. */
interface FieldKind {
  readonly isListed: boolean;
  readonly opens: boolean;
  readonly isFailure: boolean;
  /** Its value is a symbol and an instruction on the lines below. */
  readonly isAddress: boolean;
  readonly hasBelow: boolean;
  readonly handler: Handler | undefined;
}

/** Of listed fields: a report has some dozens of them, and each was looked up in six tables. */
const KINDS = new Map<string, FieldKind>();

function kindOf(name: string): FieldKind {
  let kind = KINDS.get(name);
  if (kind === undefined) {
    kind = { isListed: isListedField(name), opens: isOpeningField(name), isFailure: isFailureField(name), isAddress: ADDRESS_FIELDS.has(name), hasBelow: BELOW.has(name), handler: FIELDS.get(name) };
    if (kind.isListed) KINDS.set(name, kind);
  }
  return kind;
}

function fieldAt(line: LogicalLine, report: Report, { first, start, after, name }: Label): Reading {
  const { text } = line;
  const kind = kindOf(name);
  return {
    // A name that is assigned a value stands in the source of a program, too.
    strength: kind.isListed ? 'strong' : 'weak', opens: text.charCodeAt(after - 1) !== 61 && (kind.opens || opensByValue(name, text, skipBlanks(text, after))), ...codeOfField(name, text, skipBlanks(text, after)),
    act: () => {
      report.body = true;
      if (kind.isFailure) {
        report.analysis = true;
        report.analysed = true;
      }
      report.closeStack();
      report.firstField ??= line;
      report.signs.field(name);
      report.awaitsArguments = false;
      report.command = '';
      report.field = name;
      report.key = '';
      if (name !== 'STACK_TEXT') report.section('fields', 'Analysis', line);
      report.sink.token('field', line, start, start + name.length);
      const value = skipBlanks(text, start > first && text.startsWith('**', after) ? after + 2 : after);
      if (name === 'STACK_TEXT') report.openStack(line, true);
      if (kind.isAddress) report.headline(HEADLINE.place, line, start, text.length);
      else if (name === 'FAILURE_BUCKET_ID') report.headline(HEADLINE.failure, line, start, text.length);
      const { handler } = kind;
      if (value >= text.length) {
        const below = kind.hasBelow ? valueBelow(line, report) : undefined;
        if (below === undefined) return 1;
        handler?.(report, below, skipBlanks(below.text, 0), below.text.length);
        return 2;
      }
      if (handler !== undefined) handler(report, line, ...insideQuotes(text, value, remarkStart(text, value)));
      else if (kind.isAddress) symbolField(report, line, value);
      else valueTokens(report, line, value, text.length);
      return 1;
    },
  };
}

/** Column behind the sign of a listed field that was set in a column or typed: `BUGCHECK_CODE       : 9f`, `BUGCHECK_P1=3`; -1 where there is none. */
function paddedLabelEnd(text: string, start: number): number {
  let end = start;
  while (end - start < 48 && isNameUnit(text.charCodeAt(end))) end++;
  const colon = skipBlanks(text, end);
  const sign = text.charCodeAt(colon);
  return end - start > 4 && colon - end < 48 && (sign === 58 || sign === 61) && isListedField(text.slice(start, end)) ? colon + 1 : -1;
}

/** Fields of which the value is one word, which a mail programme sets on the next line where it is too long for the first. */
const BELOW: ReadonlySet<string> = new Set([
  'FAILURE_BUCKET_ID', 'BUCKET_ID', 'DEFAULT_BUCKET_ID', 'BUGCHECK_STR', 'PROCESS_NAME', 'MODULE_NAME', 'IMAGE_NAME', 'SYMBOL_NAME', 'FAILURE_ID_HASH', 'FAILURE_ID_HASH_STRING',
]);

/** The line below a label where it is the label's value. */
function valueBelow(line: LogicalLine, report: Report): LogicalLine | undefined {
  const below = report.ahead.peek(1);
  return below !== undefined && below.line === line.line + 1 && /^\s{0,16}[\w{][\w{}!.+$~?@:<>-]{2,240}$/.test(below.text) && !below.text.endsWith(':') ? below : undefined;
}

function symbolField(report: Report, line: LogicalLine, start: number): void {
  const symbol = symbolAt(line.text, start, true);
  if (symbol === undefined) valueTokens(report, line, start, line.text.length);
  else symbolTokens(report, line, symbol);
}

/** `Followup: MachineOwner`, the last line of an analysis. */
function followup(line: LogicalLine, report: Report, start: number): Reading | undefined {
  if (!line.text.startsWith('Followup:', start)) return undefined;
  return {
    strength: 'strong',
    act: () => {
      report.closeStack();
      report.field = '';
      report.sink.token('field', line, start, start + 8);
      const value = skipBlanks(line.text, start + 9);
      report.sink.token('fieldValue', line, value, line.text.length);
    },
  };
}

/** `Key  : Failure.Bucket` and `Value: 0x133_DPC_nt!KeAccumulateTicks`. */
export function keyValue(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (text.startsWith('Value:', start)) {
    return {
      strength: report.key === '' ? 'weak' : 'strong',
      act: () => {
        report.sink.token('field', line, start, start + 5);
        const value = skipBlanks(text, start + 6);
        const handler = KEYS.get(report.key);
        report.key = '';
        if (value >= text.length) {
          const below = handler === undefined ? undefined : valueBelow(line, report);
          if (handler === undefined || below === undefined) return 1;
          handler(report, below, skipBlanks(below.text, 0), below.text.length);
          return 2;
        }
        if (handler !== undefined) handler(report, line, value, text.length);
        else valueTokens(report, line, value, text.length);
        return 1;
      },
    };
  }
  if (!text.startsWith('Key', start) || text.charCodeAt(skipBlanks(text, start + 3)) !== 58) return undefined;
  const key = skipBlanks(text, skipBlanks(text, start + 3) + 1);
  const end = wordEnd(text, key);
  const name = text.slice(key, end);
  if (end !== text.length || !/^[A-Z][\w.]{2,160}$/.test(name) || !name.includes('.')) return undefined;
  return {
    strength: 'strong', opens: (KEYS.has(name) && name !== 'FailFast.Type') || name.startsWith('Analysis.'), ...codeOfKey(name, line, report),
    act: () => {
      report.body = true;
      report.field = 'KEY_VALUES_STRING';
      // `AV.Fault` is listed for an access violation alone, `FailFast.Name` for a process that stopped itself.
      if (/^(?:Failure|Bugcheck|AV|FailFast)\./.test(name)) report.analysis = true;
      report.closeStack();
      report.key = name;
      report.section('fields', 'Analysis', line);
      report.sink.token('field', line, start, start + 3);
      report.sink.token('field', line, key, end);
      if (name === 'Failure.Bucket') report.headline(HEADLINE.failure, line, start, end);
    },
  };
}

/** Lines below `FAULTING_SOURCE_CODE:` (`>   41: }`) and `PROBLEM_CLASSES:` (`Type:   [@ACCESS_VIOLATION]`). */
export function fieldBody(line: LogicalLine, report: Report): Reading | undefined {
  const source = report.field.startsWith('FAULTING_SOURCE');
  if (!source && report.field !== 'PROBLEM_CLASSES') return undefined;
  const start = skipBlanks(line.text, 0);
  const match = (source ? /^(?:> *)?\d{1,7}:/ : /^(?:ID|Type|Class|Scope|Name|Data|PID|TID|Frame|Failure Bucket|BUCKET_ID):?(?= |$)/).exec(line.text.slice(start, start + 24));
  if (match === null) return undefined;
  return { strength: 'weak', act: () => report.sink.token(source ? 'number' : 'field', line, start, start + match[0].replace(/:$/, '').length) };
}

/** The symbol below `FAULTING_IP:`, which has no `0x` in its offset. */
export function fieldSymbol(line: LogicalLine, report: Report): Reading | undefined {
  if (!ADDRESS_FIELDS.has(report.field)) return undefined;
  const start = skipBlanks(line.text, 0);
  const symbol = symbolAt(line.text, start, true);
  if (symbol?.end !== line.text.length) return undefined;
  return { strength: 'weak', act: () => symbolTokens(report, line, symbol) };
}

/**
 * The number that stands alone below a field whose first lines complain: `WRITE_ADDRESS: unable to read …` or
 * `fffff8035d8fb390: Unable to get …`, then ` fbde5000`.
 */
export function fieldContinuation(line: LogicalLine, report: Report): Reading | undefined {
  if (!report.field.endsWith('_ADDRESS')) return undefined;
  const { text } = line;
  const start = skipBlanks(text, 0);
  if (text.startsWith('unable to get nt!', start) || text.startsWith('Unable to read ', start) || text.startsWith('Unable to get ', start) || /^[0-9a-f]{8,16}: Unable to /.test(text.slice(start, start + 28))) {
    return { strength: 'weak', act: () => report.sink.token('warning', line, start, text.length) };
  }
  const end = addressEnd(text, start);
  const handler = FIELDS.get(report.field);
  if (end < 0 || skipBlanks(text, end) < text.length && !/^ (?:Non)?[Pp]aged/.test(text.slice(end, end + 12))) return undefined;
  return {
    strength: 'weak',
    act: () => {
      if (handler === undefined) valueTokens(report, line, start, text.length);
      else handler(report, line, start, text.length);
    },
  };
}
