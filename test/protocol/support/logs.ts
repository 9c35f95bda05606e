/** Logs for the tests: the shape is that of real ones, the values are made up. */
import { ANALYSIS_BANNER } from '../../support/banner.js';

/** A bug check whose known issue is built in. */
export const STORVSC = [
  ...ANALYSIS_BANNER,
  '',
  'DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)',
  'An attempt was made to access a pageable (or completely invalid) address at an',
  'interrupt request level (IRQL) that is too high.  This is usually',
  'caused by drivers using improper addresses.',
  'Arguments:',
  'Arg1: 0000000000000010, memory referenced',
  'Arg2: 0000000000000002, IRQL',
  'Arg3: 0000000000000001, value 0 = read operation, 1 = write operation',
  'Arg4: fffff88001a3c2b8, address which referenced memory',
  '',
  'Debugging Details:',
  '------------------',
  '',
  'WRITE_ADDRESS:  0000000000000010 ',
  '',
  'CURRENT_IRQL:  2',
  '',
  'FAULTING_IP: ',
  'storvsc!StorChannelVmbusCallback+2b8',
  'fffff880`01a3c2b8 f00fc108        lock xadd dword ptr [rax],ecx',
  '',
  'DEFAULT_BUCKET_ID:  VISTA_DRIVER_FAULT',
  '',
  'BUGCHECK_STR:  0xD1',
  '',
  'PROCESS_NAME:  System',
  '',
  'STACK_TEXT:  ',
  'fffff800`03e5a9a8 fffff800`02a7c169 : 00000000`0000000a 00000000`00000010 00000000`00000002 00000000`00000001 : nt!KeBugCheckEx',
  'fffff800`03e5a9b0 fffff800`02a7ade0 : 00000000`00000000 fffffa80`0d3c1010 00000000`00000000 fffffa80`0d5e6000 : nt!KiBugCheckDispatch+0x69',
  'fffff800`03e5aaf0 fffff880`01a3c2b8 : fffffa80`0d5e6000 00000000`00000000 00000000`00000000 00000000`00000000 : nt!KiPageFault+0x260',
  'fffff800`03e5ac80 fffff880`019f1d3c : fffffa80`0d5e6000 00000000`00000000 00000000`00000000 00000000`00000000 : storvsc!StorChannelVmbusCallback+0x2b8',
  'fffff800`03e5acf0 fffff800`02a88a5c : fffff800`02bfee80 00000000`00000000 00000000`00000000 00000000`00000000 : nt!KiRetireDpcList+0x1bc',
  '',
  'FOLLOWUP_IP: ',
  'storvsc!StorChannelVmbusCallback+2b8',
  'fffff880`01a3c2b8 f00fc108        lock xadd dword ptr [rax],ecx',
  '',
  'SYMBOL_STACK_INDEX:  3',
  '',
  'SYMBOL_NAME:  storvsc!StorChannelVmbusCallback+2b8',
  '',
  'FOLLOWUP_NAME:  MachineOwner',
  '',
  'MODULE_NAME: storvsc',
  '',
  'IMAGE_NAME:  storvsc.sys',
  '',
  'FAILURE_BUCKET_ID:  X64_0xD1_storvsc!StorChannelVmbusCallback+2b8',
  '',
  'Followup: MachineOwner',
  '---------',
  '',
].join('\n');

/** Nothing crashed here. */
export const ORDINARY = [
  '2024-03-05T10:14:02.113Z info  [http] listening on 0.0.0.0:8080',
  '2024-03-05T10:14:09.004Z warn  [http] slow request GET /reports/5c took 2041 ms',
  '2024-03-05T10:14:11.871Z error [mail] could not reach smtp.example.org: timed out after 30 s, retrying in 0x1e s',
  '2024-03-05T10:15:00.000Z info  [cron] backup finished, status 0, 101 files, 50 MB, KB2636573',
  '',
].join('\n');

/** Where a word stands. */
export function at(text: string, word: string): { line: number; character: number } {
  const offset = text.indexOf(word);
  if (offset < 0) throw new Error(`no "${word}" in the text`);
  const before = text.slice(0, offset);
  return { line: before.split('\n').length - 1, character: offset - before.lastIndexOf('\n') - 1 };
}
