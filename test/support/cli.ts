/** Runs the command line in the test's process, or as the program it is built to. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../scripts/build.mjs';
import { writeKnowledge } from '../../scripts/knowledge.mjs';
import type { Host } from '../../server/src/cli/host.js';
import { run } from '../../server/src/cli/run.js';
import { ANALYSIS_BANNER } from './banner.js';

let folder: string | undefined;

/** Tables as the build makes them. */
export function knowledgeFolder(): string {
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'stopcode-knowledge-'));
    writeKnowledge(folder);
  }
  return folder;
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly stdin?: Uint8Array | string;
  readonly knowledge?: string;
  readonly isTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the program with a host of strings. */
export async function cli(args: readonly string[], options: CliOptions = {}): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const isTerminal = options.isTerminal === true;
  const host: Host = {
    stdin: bytesOf(options.stdin ?? ''),
    stdinIsTerminal: false,
    stdout: { isTerminal, columns: isTerminal ? 100 : undefined, write: (text) => { stdout += typeof text === 'string' ? text : Buffer.from(text).toString(); return Promise.resolve(); } },
    stderr: { isTerminal, columns: isTerminal ? 100 : undefined, write: (text) => { stderr += typeof text === 'string' ? text : Buffer.from(text).toString(); return Promise.resolve(); } },
    env: options.env ?? {},
    knowledgeFolder: options.knowledge ?? knowledgeFolder(),
    program: undefined,
    code: undefined,
    stop: new AbortController().signal,
  };
  const status = await run(args, host);
  return { status, stdout, stderr };
}

async function* bytesOf(value: Uint8Array | string): AsyncGenerator<Uint8Array> {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  // A pipe hands out what it has.
  for (let at = 0; at < bytes.length; at += 4_096) yield await Promise.resolve(bytes.subarray(at, at + 4_096));
}

let program: Promise<string> | undefined;

/** Path of the built program. */
export function builtCli(): Promise<string> {
  program ??= (async () => {
    const outdir = mkdtempSync(join(tmpdir(), 'stopcode-cli-'));
    if (!(await build({ outdir, only: ['cli.js', 'core.js'], quiet: true }))) throw new Error('the command line cannot be built');
    return join(outdir, 'cli.js');
  })();
  return program;
}

export interface SpawnOptions {
  readonly stdin?: Uint8Array | string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A file descriptor to be standard output. */
  readonly stdout?: number;
  /** Standard output is closed after the first bytes. */
  readonly closeEarly?: boolean;
  /** Sent once the program has written something. */
  readonly signal?: NodeJS.Signals;
}

/** Starts the built program. */
export async function spawnCli(args: readonly string[], options: SpawnOptions = {}): Promise<Ran> {
  const file = await builtCli();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: options.cwd, env: { PATH: process.env['PATH'], ...options.env }, stdio: ['pipe', options.stdout ?? 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (data: Buffer) => {
      stdout += data.toString();
      if (options.closeEarly === true) child.stdout?.destroy();
    });
    child.stderr?.on('data', (data: Buffer) => {
      stderr += data.toString();
      // A second one would end the program at once.
      if (options.signal !== undefined && !child.killed) child.kill(options.signal);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ status: code ?? (signal === null ? -1 : -2), stdout, stderr }));
    child.stdin?.on('error', () => undefined);
    if (options.signal === undefined) child.stdin?.end(options.stdin ?? '');
  });
}

/** A log that every test of the command line can use: one bug check, with its stack. */
export const CRASH_LOG = [
  'Some words before.',
  '',
  ...ANALYSIS_BANNER,
  '',
  'DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)',
  'An attempt was made to access a pageable (or completely invalid) address at an',
  'interrupt request level (IRQL) that is too high.',
  'Arguments:',
  'Arg1: 0000000000000028, memory referenced',
  'Arg2: 0000000000000002, IRQL',
  'Arg3: 0000000000000000, value 0 = read operation, 1 = write operation',
  'Arg4: fffff88001a2b3c4, address which referenced memory',
  '',
  'PROCESS_NAME:  System',
  '',
  'STACK_TEXT:  ',
  "fffff880`02f1b5e8 fffff800`02a7f169 : 00000000`0000000a 00000000`00000028 00000000`00000002 00000000`00000000 : nt!KeBugCheckEx",
  "fffff880`02f1b5f0 fffff800`02a7dde0 : 00000000`00000000 00000000`00000000 00000000`00000000 00000000`00000000 : nt!KiBugCheckDispatch+0x69",
  "fffff880`02f1b730 fffff880`01a2b3c4 : 00000000`00000000 00000000`00000000 00000000`00000000 00000000`00000000 : nt!KiPageFault+0x260",
  "fffff880`02f1b8c0 fffff880`01a2a100 : 00000000`00000000 00000000`00000000 00000000`00000000 00000000`00000000 : exampledrv!ReadRing+0x14",
  '',
  'SYMBOL_NAME:  exampledrv!ReadRing+14',
  '',
  'MODULE_NAME: exampledrv',
  '',
  'IMAGE_NAME:  exampledrv.sys',
  '',
  'Followup: MachineOwner',
  '---------',
  '',
].join('\n');

/** A log in which nothing crashed. */
export const QUIET_LOG = '2024-01-01 10:00:00 service started\n2024-01-01 10:00:01 listening on port 80\n';
