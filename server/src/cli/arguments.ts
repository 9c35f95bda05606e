/** The command line as typed, checked. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Certainty } from '../analysis/knowledge/issue.js';
import { UsageError } from './errors.js';
import type { When } from './terminal.js';

const FORMATS = ['text', 'json', 'ndjson', 'sarif', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

const WHENS = ['auto', 'always', 'never'] as const;
const CERTAINTIES = ['exact', 'likely', 'possible'] as const;

export interface AnalyzeArguments {
  readonly command: 'analyze';
  /** Paths, patterns and `-`, as typed. */
  readonly inputs: readonly string[];
  readonly format: Format;
  readonly output: string | undefined;
  readonly knowledge: readonly string[];
  /** Whether large collections of known issues may be kept between runs. */
  readonly cache: boolean;
  readonly builtinIssues: boolean;
  readonly certainty: Certainty;
  readonly color: When;
  readonly progress: When;
  /** Undefined where the program decides. */
  readonly jobs: number | undefined;
}

export interface ExplainArguments {
  readonly command: 'explain';
  readonly words: readonly string[];
  readonly color: When;
}

export interface IssuesArguments {
  readonly command: 'issues';
  readonly action: 'list' | 'show' | 'check';
  /** An id for `show`, folders for `check`. */
  readonly subjects: readonly string[];
  readonly knowledge: readonly string[];
  readonly builtinIssues: boolean;
  readonly color: When;
}

export type Arguments =
  | AnalyzeArguments | ExplainArguments | IssuesArguments
  | { readonly command: 'version' } | { readonly command: 'help'; readonly topic: string | undefined };

const COLOR = { color: { type: 'string' } } as const;
const KNOWLEDGE = { knowledge: { type: 'string', multiple: true }, 'no-builtin-issues': { type: 'boolean' } } as const;
const COMMON = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'V' } } as const;

/** Reads the arguments behind the program's name. Throws a `UsageError`. */
export function readArguments(argv: readonly string[]): Arguments {
  const [command, ...rest] = argv;
  switch (command) {
    case 'analyze': return analyzeArguments(rest);
    case 'explain': return explainArguments(rest);
    case 'issues': return issuesArguments(rest);
    case '--version': case '-V': return { command: 'version' };
    case undefined: throw new UsageError('a command is missing');
    case 'help': case '--help': case '-h': return { command: 'help', topic: helpTopic(rest.find((word) => !word.startsWith('-'))) };
    default: throw new UsageError(`"${command}" is not a command; ${meant(command)}`);
  }
}

const COMMANDS = ['analyze', 'explain', 'issues'] as const;

/** The command a line of arguments is for, where it names one. */
export function commandOf(argv: readonly string[]): typeof COMMANDS[number] | undefined {
  return COMMANDS.find((command) => command === argv[0]);
}

function helpTopic(word: string | undefined): string | undefined {
  if (word !== undefined && !COMMANDS.some((command) => command === word)) throw new UsageError(`there is no help on "${word}", only on analyze, explain and issues`);
  return word;
}

/** People begin with the file, the code or an option, as other programs want it. */
function meant(word: string): string {
  if (/^analy[sz]/i.test(word)) return 'the command is "stopcode analyze"';
  if (/^-./.test(word)) return 'options stand behind the command: stopcode analyze FILE --format json';
  if (/^(?:0x)?[\da-f]{1,16}$/i.test(word) || word.includes('=')) return `for what it means: stopcode explain ${word}`;
  if (/[./\\*]|^-$/.test(word)) return `to read a file: stopcode analyze ${word}`;
  return 'there are analyze, explain and issues';
}

function analyzeArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsed(args, {
    ...COMMON, ...COLOR, ...KNOWLEDGE,
    format: { type: 'string', short: 'f' },
    output: { type: 'string', short: 'o' },
    'no-cache': { type: 'boolean' },
    certainty: { type: 'string' },
    progress: { type: 'string' },
    jobs: { type: 'string', short: 'j' },
  });
  if (values.version === true) return { command: 'version' };
  if (values.help === true) return { command: 'help', topic: 'analyze' };
  if (positionals.length === 0) throw new UsageError('analyze wants a file, a folder, a pattern, or - for standard input');
  if (positionals.filter((input) => input === '-').length > 1) throw new UsageError('standard input (-) can be read only once');
  return {
    command: 'analyze',
    inputs: positionals,
    format: oneOf('format', values.format, FORMATS, 'text'),
    output: values.output === undefined ? undefined : nonEmpty('output', values.output),
    knowledge: folders(values.knowledge),
    cache: values['no-cache'] !== true,
    builtinIssues: values['no-builtin-issues'] !== true,
    certainty: oneOf('certainty', values.certainty, CERTAINTIES, 'possible'),
    color: oneOf('color', values.color, WHENS, 'auto'),
    progress: oneOf('progress', values.progress, WHENS, 'auto'),
    jobs: values.jobs === undefined ? undefined : jobs(values.jobs),
  };
}

function explainArguments(args: readonly string[]): Arguments {
  // A negative number (`-11` as an errno) is a value, not an option.
  const options = args.filter((word) => !/^-\d/.test(word) || word === '-');
  const { values } = parsed(options, { ...COMMON, ...COLOR });
  if (values.version === true) return { command: 'version' };
  if (values.help === true) return { command: 'help', topic: 'explain' };
  const words = wordsOf(args);
  if (words.length === 0) throw new UsageError('explain wants a code or a value, such as 0xd1, c0000005 or cr4=0x16c');
  return { command: 'explain', words, color: oneOf('color', values.color, WHENS, 'auto') };
}

/** The arguments of `explain` that are no options; people paste `0x5C (0x10b, 3, 0, 0)` with commas and brackets. */
function wordsOf(args: readonly string[]): string[] {
  const words: string[] = [];
  let literal = false;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--' && !literal) literal = true;
    else if (word === '--color' && !literal) at++;
    else if (literal || !word.startsWith('-') || /^-\d/.test(word)) words.push(...word.split(/[\s,(){}]+/));
  }
  return words.filter((word) => word !== '');
}

function issuesArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsed(args, { ...COMMON, ...COLOR, ...KNOWLEDGE });
  if (values.version === true) return { command: 'version' };
  if (values.help === true) return { command: 'help', topic: 'issues' };
  const [action, ...subjects] = positionals;
  if (action !== 'list' && action !== 'show' && action !== 'check') throw new UsageError('issues wants list, show ID or check DIR');
  if (action === 'list' && subjects.length > 0) throw new UsageError('issues list takes no further words');
  if (action === 'show' && subjects.length !== 1) throw new UsageError('issues show wants one id; issues list names them');
  if (action === 'check' && subjects.length === 0) throw new UsageError('issues check wants a folder with known issues');
  return {
    command: 'issues', action, subjects,
    knowledge: folders(values.knowledge),
    builtinIssues: values['no-builtin-issues'] !== true,
    color: oneOf('color', values.color, WHENS, 'auto'),
  };
}

function parsed<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // Node's message goes on to explain itself at length.
    const [sentence] = error.message.split('. ');
    throw new UsageError((sentence ?? '').replace(/^\w/, (letter) => letter.toLowerCase()));
  }
}

function oneOf<T extends string>(name: string, value: string | undefined, choices: readonly T[], otherwise: T): T {
  if (value === undefined) return otherwise;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new UsageError(`--${name} wants ${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}, not "${value}"`);
  return found;
}

function folders(names: readonly string[] = []): readonly string[] {
  return names.map((folder) => nonEmpty('knowledge', folder));
}

function nonEmpty(name: string, value: string): string {
  if (value === '') throw new UsageError(`--${name} wants a path`);
  return value;
}

function jobs(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > 256) throw new UsageError(`--jobs wants a number from 1 to 256, not "${value}"`);
  return number;
}
