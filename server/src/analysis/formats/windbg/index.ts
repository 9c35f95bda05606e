import type { LogicalLine } from '../cursor.js';
import type { BlockSink, LogFormat } from '../types.js';
import { BUG_CHECK_NAMES } from './bugCheckNames.js';
import { OUTPUT_OPENERS } from './commands/output.js';
import { cuts } from './cuts.js';
import { ESCAPED_OPENERS } from './escaped.js';
import { OPENING_FIELDS, VALUE_FIELDS } from './fieldNames.js';
import { formOf, PLAIN_FORMS } from './forms.js';
import { opensBlock, read } from './reader.js';
import { Report } from './report.js';

/** Names that begin or end with another name are found with it. To hold each against all others would take as long as all of this file. */
const KNOWN: ReadonlySet<string> = new Set(BUG_CHECK_NAMES);
const NAMES = BUG_CHECK_NAMES.filter((name) => !hasOther(name));

function hasOther(name: string): boolean {
  for (let at = name.indexOf('_'); at > 0; at = name.indexOf('_', at + 1)) if (KNOWN.has(name.slice(0, at)) || KNOWN.has(name.slice(at + 1))) return true;
  return false;
}

const OPENERS: readonly string[] = [
  ...[...OPENING_FIELDS, ...VALUE_FIELDS].map((name) => name + ':'), ...NAMES,
  'Bugcheck Analysis', 'Exception Analysis', 'Unknown bugcheck code', 'Probably caused by', 'STOP: 0x', 'STOP 0x', 'BugCheck ', 'Fatal System Error',
  'Bugcheck code', 'Insertion strings: 0x', 'Bugcheck: ', 'Bugcheck:*', 'Bugcheck**:', 'Bug check: ', 'Bug Check: ', 'BugCheck: ', 'BugcheckCode', 'Faulting application name: ', 'Faulting Application Name: ', 'Faulting module name: ', 'Faulting application: ', '.exe, ',
  '<Provider Name="Application Error"', 'Name="AppName"', ', parameter1 ', ', 1. Parameter ', 'tre1 000000', 'metro1 000000', ' Application Error',
  ': 0xc000', ': 0xe0434352', 'Bug Check Code', 'Bug Check String', 'Microsoft (R) Windows Debugger', 'Loading Dump File', ' Kernel Version ',
  'your computer crashed', 'Dump File  ', 'Dump File\t', 'Dump File<', '<dump_file>', '"dump_file"', '"Dump File"', 'bug_check_code', '\t\t0x0000',
  ',,0x0000', ',"","0x0000', 'BCCode', ' 00000000`0000', 'Arg1: 000000', 'Arg1: c00000', 'Arg1: 800000', 'Child-SP', 'ChildEBP', 'RetAddr',
  ' # Call Site', 'module name', '!KeBugCheck', '!analyze', ' kd> k', ' kd> u', ' kd> r', ' kd> lm',
  'kd> kb', 'kd> kv', 'kd> kn', 'kd> kp', 'kd> kL', 'kd> uf', 'kd> lm', 'kd> .bugcheck', '> .trap', '> .cxr', '> .exr', 'kd> !mex', 'kd> k ', ':x86> ',
  ' - code c0', 'c0000005', 'C0000005', 'c00000fd', 'C00000FD', 'c0000008', 'c0000094', 'c0000374', 'c0000409', 'c000001d', 'c0000096',
  'ExceptionAddress: ', 'Failure.Bucket', 'Failure.Hash', 'Bugcheck.Code.', 'Analysis.CPU.', ' BSOD ', 'bugcheck', 'bug check',
  'blue screen', 'BlueScreen', 'stop code', 'stop error', 'Stop 0x', 'Stop: 0x', 'Stop: 0X', 'STOP: 0X', 'stop 0x', 'stop: 0x', 'STOP: c00001',
  'STOP: c00002', 'STOP: C00001', 'STOP: C00002', 'STOP: 00000', 'STOP : 0x', 'BUGCHECK_CODE ', 'BUGCHECK_STR ', 'BUGCHECK_P1 ',
  'FAILURE_BUCKET_ID ', 'kd> !trap', 'kd> !kb', 'kd> !kv', 'Arg1: ffff', 'Arg2: 0000', 'Arg2: ffff', 'Arg3: 0000', 'Arg3: ffff', 'Arg4: 0000',
  'Arg4: ffff', 'FAULT ->', 'Exception number: c', '*** STOP: ', 'VIRIDIAN CRASH: ', 'VIRIDIAN GUEST_CRASH: ',
  'Guest indicates a fatal condition! P0=', 'GIMHv: BugCheck ', 'BugCheckCode  ', 'STOP:0x0000', 'STOP:00000', 'Stop:0x0000', 'BUGCHECK: 0x',
  'Bugcheck 0x0000', 'Bug check code : 0x', 'Bug check code: 0x', 'STOP 00000', 'Bugcheck 000000', 'with the following parameters:',
  // The event log of any language: where the dump was saved, the words before the code where they are ASCII, the usual parameters.
  ':\\Windows\\MEMORY.DMP', ':\\WINDOWS\\MEMORY.DMP', ':\\WINNT\\MEMORY.DMP', ':\\Windows\\Minidump\\', ':\\WINDOWS\\Minidump\\', ':\\Windows\\minidump\\',
  ' Fehlercode war: 0x', "rification d'erreur", 'n de errores fue: 0x', 'o de erros foi: 0x', ' (0x0000000000', '(0xc0000005, 0x', ' (0x00000000c00000', ' (0xffffffffc00000',
  'EventType=BEX', 'EventType=CLR20r3', 'EventType clr20r3', 'EventType : ', 'szAppName', ' AppVer: ', '\tAppVer: ', ': CLR20r3', ':\tCLR20r3',
  'second chance not available)', '!!! second chance !!!', 'AppHangB1', 'AppHangXProcB1', 'AppHangTransient', 'Application exception occurred:',
  'APPCRASH', 'CriticalProcessFault2', 'MoAppCrash', 'e: BEX', 'e:\tBEX', ':  BEX', '   BEX', '  CLR20r3', 'Process File  ', 'LiveKernelEvent',
  'Stop code', 'Stop Code', 'STOP CODE', 'Stopcode', 'Stillstandcode', 'digo de detenci', 'for this error: ', 'this info: Stop', 'diesem Fehler suchen: ',
  'ErrorCode0', 'virtual processor that caused a triple fault', '\' has encountered a fatal error ', 'Fehlercode0', 'Fehlercode 0', 'NAME="STOPCODE"',
  '=????????', 'VERIFIER STOP ', 'APPLICATION_VERIFIER_', 'STATUS_STACK_BUFFER_OVERRUN encountered', 'Chance Exception Type: STATUS_', 'DEBUG_FLR_EXCEPTION_CODE(', 'Unhandled exception at 0x', 'Critical error detected c', ']: Heap ',
  ']: Invalid ', ']: HEAP', 'Access Violation occurred in', 'stack buffer overrun occurred in', '*** Inpage error in',
  '*** Unhandled exception 0x', '*** Critical Section Timeout (', '*** Resource timeout (',
  '----- Exception occurred on thread ', ':ARM64EC> ',
  ...Array.from({ length: 10 }, (_, digit) => `Breakpoint ${String(digit)}`),
  ...OUTPUT_OPENERS, ...ESCAPED_OPENERS,
  // Prompts of user-mode debugging end in the number of the thread.
  ...Array.from({ length: 64 }, (_, thread) => `:${String(thread).padStart(3, '0')}> `),
  // The first line of a register dump, by the first digit of its second value.
  ...Array.from({ length: 16 }, (_, digit) => [` ebx=${digit.toString(16)}`, ` rbx=${digit.toString(16)}`]).flat(),
];

const NOTHING: BlockSink = {
  wantsTokens: false,
  token: () => undefined, fact: () => undefined, frame: () => undefined, note: () => undefined, section: () => undefined, describe: () => undefined,
};

/** Recognizers ask a report for its state; that of an opener is empty and stays so. */
const EMPTY = new Report(NOTHING, { peek: () => undefined });

/** Output of the Windows debuggers, and what Windows, tools and hypervisors tell of its crashes (README.md). */
export const windbg: LogFormat = {
  id: 'windbg',
  openers: [...new Set(OPENERS)],
  // The VMkernel logs what its guests say in other words (`vmware/`); its purple screens hold words that begin reports of Windows, too.
  opens: (line: LogicalLine) => line.envelope?.pcpu === undefined && opensBlock(line, EMPTY),
  cuts,
  forms: { of: formOf, plain: PLAIN_FORMS },
  read,
};
