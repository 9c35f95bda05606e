/** Whether a log shows what a known issue asks for: yes, no, or the log does not say. */
import type { Fact, FactKey, Frame } from '../formats/types.js';
import { canonicalHex } from '../text/hex.js';
import type { Span } from '../text/span.js';
import { frameName } from '../records/signature.js';
import type { Evidence } from './finding.js';
import type { Condition, ConditionTree, FactCondition } from './issue.js';
import type { Said } from './messages.js';
import { findPattern } from './patterns.js';
import { compareVersions } from './versions.js';

/** What conditions are put to: one crash with the file around it, or a file without a crash. */
export interface Subject {
  /** Facts of the crash, then of the file. */
  facts(key: FactKey): readonly Fact[];
  readonly frames: readonly Frame[];
  /** Where the file says a message literal of a known issue, on a line that fits the pattern too where there is one. */
  said(message: string, pattern: string | undefined): Said | undefined;
  line(n: number): string;
}

export type Truth = 'yes' | 'no' | 'unknown';

export interface Verdict {
  readonly truth: Truth;
  readonly evidence: readonly Evidence[];
  /** What the log has instead, where the truth is no. */
  readonly instead?: string;
}

const UNKNOWN: Verdict = { truth: 'unknown', evidence: [] };

/** The words of the log at a place, as evidence for a condition. */
export function evidenceAt(subject: Subject, at: Span, condition: string): Evidence {
  return { at, text: subject.line(at.line).slice(at.start, at.end), condition };
}

/** What a log says of a condition, or of a tree of them. Evidence is given where the answer is yes. */
export function evaluate(condition: Condition | ConditionTree, subject: Subject): Verdict {
  if ('fact' in condition) return evaluateFact(condition, subject);
  if ('frames' in condition) return evaluateFrames(condition.frames, subject);
  if ('message' in condition) return evaluateMessage(condition.message, condition.matches, subject);
  return evaluateTree(condition, subject);
}

function evaluateTree(tree: ConditionTree, subject: Subject): Verdict {
  const evidence: Evidence[] = [];
  const truths: Truth[] = ['yes'];
  let instead: string | undefined;
  for (const part of tree.all ?? []) {
    const verdict = evaluate(part, subject);
    evidence.push(...verdict.evidence);
    truths.push(verdict.truth);
    if (verdict.truth === 'no') instead ??= verdict.instead;
  }
  if (tree.any !== undefined) {
    const verdicts = tree.any.map((part) => evaluate(part, subject));
    const held = verdicts.filter((verdict) => verdict.truth === 'yes');
    for (const verdict of held) evidence.push(...verdict.evidence);
    if (held.length === 0) {
      truths.push(verdicts.some((verdict) => verdict.truth === 'unknown') ? 'unknown' : 'no');
      instead ??= verdicts.find((verdict) => verdict.instead !== undefined)?.instead;
    }
  }
  for (const part of tree.none ?? []) if (evaluate(part, subject).truth === 'yes') truths.push('no');
  const truth: Truth = truths.includes('no') ? 'no' : truths.includes('unknown') ? 'unknown' : 'yes';
  const kept = truth === 'yes' ? evidence : [];
  return instead === undefined ? { truth, evidence: kept } : { truth, evidence: kept, instead };
}

/** Canonical form in which values are compared: hexadecimal without padding, everything else in lower case. */
export function comparable(value: string): string {
  return (value.startsWith('0x') || value.startsWith('0X') ? canonicalHex(value) : undefined) ?? value.toLowerCase();
}

/** Whether a value of the log is the one wanted, in any spelling; a `*` at the end of `wanted` stands for any rest. */
export function isValue(value: string, wanted: string): boolean {
  const a = comparable(value);
  const b = comparable(wanted);
  return b.endsWith('*') ? a.startsWith(b.slice(0, -1)) : a === b;
}

function evaluateFact(condition: FactCondition, subject: Subject): Verdict {
  const facts = subject.facts(condition.fact);
  if (facts.length === 0) return UNKNOWN;
  const wanted = condition.is === undefined ? undefined : typeof condition.is === 'string' ? [condition.is] : condition.is;
  const found = facts.find((fact) => {
    if (wanted !== undefined && !wanted.some((value) => isValue(fact.value, value))) return false;
    if (condition.atLeast !== undefined && compareVersions(fact.value, condition.atLeast) < 0) return false;
    if (condition.atMost !== undefined && compareVersions(fact.value, condition.atMost) > 0) return false;
    return condition.matches === undefined || findPattern(condition.matches, fact.value) !== undefined;
  });
  if (found === undefined) return { truth: 'no', evidence: [], instead: facts[0]?.value ?? '' };
  // A long value stands beside the condition anyway, as the words of the log.
  const words = found.value.length > 48 ? label(condition.fact) : `${label(condition.fact)} is ${found.value}`;
  return { truth: 'yes', evidence: [evidenceAt(subject, found.at, words)] };
}

/** `bugcheck.parameter2` as people say it. */
function label(key: FactKey): string {
  const words: Readonly<Record<string, string>> = {
    'bugcheck.code': 'bug check code', 'bugcheck.name': 'bug check name', 'failure.bucket': 'failure bucket', 'panic.kind': 'kind of panic',
    'exception.vector': 'exception vector', 'exception.address': 'faulting address', 'exception.failfast': 'fast-fail code', 'world.name': 'world', 'world.running': 'running world',
    'qemu.cpu.missing': 'missing in -cpu', 'qemu.cpu.feature': '-cpu feature', symbol: 'symbol', module: 'module', image: 'image', process: 'process',
  };
  const parameter = /^bugcheck\.parameter([1-4])$/.exec(key);
  return words[key] ?? (parameter === null ? key.replace(/^(?:driver\.version|vib\.installed)\./, 'version of ').replace(/^vib\.removed\./, 'removed version of ') : `parameter ${parameter[1] ?? ''}`);
}

/** Frames from top to bottom, others may stand between. One that is named by the analysis alone counts where there is no stack. */
function evaluateFrames(wanted: readonly string[], subject: Subject): Verdict {
  const symbol = subject.facts('symbol')[0];
  if (subject.frames.length === 0 && symbol === undefined) return UNKNOWN;
  const evidence: Evidence[] = [];
  let at = 0;
  for (const frame of subject.frames) {
    const name = frameName(frame);
    const next = wanted[at];
    if (name === undefined || next === undefined || !isFrame(name, next)) continue;
    evidence.push(evidenceAt(subject, frame.at, `frame ${next}`));
    if (++at === wanted.length) return { truth: 'yes', evidence };
  }
  if (wanted.length === 1 && symbol !== undefined && isFrame(symbol.value, wanted[0] ?? '')) {
    return { truth: 'yes', evidence: [evidenceAt(subject, symbol.at, `symbol ${wanted[0] ?? ''}`)] };
  }
  return subject.frames.length === 0 && wanted.length > 1 ? UNKNOWN : { truth: 'no', evidence: [] };
}

/** `wanted` without a module fits the function in any module. */
function isFrame(name: string, wanted: string): boolean {
  const canonical = wanted.toLowerCase();
  const bare = canonical.includes('!') ? name : name.slice(name.indexOf('!') + 1);
  return canonical.endsWith('*') ? bare.startsWith(canonical.slice(0, -1)) : bare === canonical;
}

function evaluateMessage(message: string, pattern: string | undefined, subject: Subject): Verdict {
  const said = subject.said(message, pattern);
  if (said === undefined) return UNKNOWN;
  const at = { line: said.line, start: said.start, end: said.start + message.length };
  return { truth: 'yes', evidence: [{ at, text: message, condition: `the log says "${message.trim()}"` }] };
}
