/** Which recognizers are asked about a line: by its first character and the signs it holds. */
import { AWAITS } from './awaits.js';
import { codeLabel, formedInstruction, instruction } from './commands/disassembly.js';
import { memory, structure } from './commands/memory.js';
import { commandOutput, outputHead, OUTPUT_HEADS } from './commands/output.js';
import { kernelProcess, kernelThread, processImage, userThread } from './commands/threads.js';
import { blamedDriver, crashItem, translatedItem } from './crashItems.js';
import { probableCause } from './culprit.js';
import { bareCurrent, breakpointHit, currentCode } from './current.js';
import { drWatson } from './drWatson.js';
import { dumpHeader } from './dumpHeader.js';
import { errorElements } from './errorElements.js';
import { errorReport } from './errorReport.js';
import { errorSignature, signatureInText } from './errorSignature.js';
import { applicationError, errorInTable, powerEvent } from './events.js';
import { exceptionEvent, flrMismatch } from './exceptionEvent.js';
import { exploitable } from './exploitable.js';
import { field, fieldBody, fieldContinuation, fieldSymbol, formedField, keyValue } from './fields.js';
import { FORM } from './forms.js';
import { FormedFrame } from './formedFrames.js';
import { frame, stackHeading, unwindWarning } from './frames.js';
import { consoleLine, consoleStop, hyperVEvent, hyperVReset } from './guest.js';
import { guestMsr } from './guestMsr.js';
import { argument, box, header } from './header.js';
import { inlineKey } from './inlineKeys.js';
import { exceptionRecord, registers, wideRegisters } from './machine.js';
import { formedRow, imageNotLoaded, loadedModule, loadWarning, moduleDetail, moduleHeading, moduleRow } from './modules.js';
import type { LogicalLine } from '../cursor.js';
import { readerOf, type PhraseReader } from './phrases.js';
import type { Reading, Recognizer, Report } from './report.js';
import { namedCode, stopName } from './screen.js';
import { dumpBanner, prompt, remark } from './session.js';
import { HAS, SIGNS } from './shape.js';
import { announcedStop, namedStop, oldStop } from './oldStop.js';
import { bugCheckCommand, shortAnalysis, stop, stopModule } from './stop.js';
import { problemReport, summaryWords } from './summary.js';
import { visualStudio } from './visualStudio.js';
import { symbolRow } from './symbolRows.js';
import { systemError } from './systemError.js';
import { tableRow } from './table.js';
import { translatedError } from './translatedError.js';
import { userStop } from './userStop.js';
import { werLine } from './werFile.js';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const LETTERS = UPPER + LOWER;
const HEX = '0123456789abcdefABCDEF';

interface Entry {
  readonly recognizer: Recognizer;
  /** The characters its lines can begin with, beside blanks and what is not ASCII; none where it may be any. */
  readonly first?: string | undefined;
  /** Signs of which its lines hold at least one; 0 where it may be none. */
  readonly needs: number;
  /** What a report has to await (bits of AWAITS); 0 where it may be nothing. */
  readonly awaited: number;
  /** Signs that its lines cannot have. */
  readonly never: number;
}

function entry(recognizer: Recognizer, first?: string, needs = 0, awaited = 0, never = 0): Entry {
  return { recognizer, first, needs, awaited, never };
}

/** Of a recognizer that reads no line that begins with an address; four of ten lines do. */
function entryOfWords(recognizer: Recognizer, first?: string, needs = 0): Entry {
  return entry(recognizer, first, needs, 0, HAS.address);
}

/** Asked in this order; the first that knows a line reads it. */
const RECOGNIZERS: readonly Entry[] = [
  entryOfWords(prompt, 'kl|0123456789', HAS.greater),
  entryOfWords(userThread, '.#0123456789', HAS.point),
  entry(kernelThread, 'T'),
  entry(kernelProcess, 'P'),
  entry(processImage, 'IO', 0, AWAITS.output),
  entry(commandOutput, undefined, 0, AWAITS.output),
  entry(outputHead, OUTPUT_HEADS),
  entry(memory, HEX, 0, AWAITS.memory),
  entry(structure, '+', 0, AWAITS.memory),
  entryOfWords(header, undefined, HAS.bracket),
  entry(argument, 'AP-*'),
  entry(shortAnalysis, 'B'),
  entry(bugCheckCommand, 'B'),
  entry(dumpHeader, 'B'),
  entry(breakpointHit, 'B'),
  entry(powerEvent, 'B<'),
  entryOfWords(applicationError, 'ABCDEFINPRSfer`', HAS.colon),
  entryOfWords(errorInTable, LETTERS, HAS.quote),
  entry(drWatson, '*ACEFUWf<', HAS.colon | HAS.greater),
  entry(loadWarning, '*'),
  entry(imageNotLoaded, 'U'),
  entry(loadedModule, 'L'),
  entry(userStop, '*ATVCHS'),
  entry(userStop, HEX, 0, AWAITS.verifier),
  entry(tableRow, undefined, HAS.zero_x),
  entry(stop, undefined, HAS.zero_x | HAS.list | HAS.last),
  entry(oldStop, 'SB*'),
  entry(announcedStop, undefined, HAS.last),
  entryOfWords(guestMsr, '(dG<[0123456789', HAS.colon),
  entry(hyperVEvent, undefined, HAS.zero_x),
  entry(consoleStop, undefined, HAS.quote),
  entry(consoleLine, undefined, 0, AWAITS.console),
  entry(stopModule, LETTERS + '*', HAS.point | HAS.star),
  entry(box, undefined, HAS.star),
  entryOfWords(box, undefined, HAS.capital_a),
  entry(keyValue, 'KV', HAS.colon),
  entryOfWords(inlineKey, 'FB', HAS.colon | HAS.equals),
  entryOfWords(visualStudio, 'U', HAS.zero_x),
  entryOfWords(flrMismatch, 'D', HAS.bracket),
  entryOfWords(field, UPPER + '_0123456789*'),
  entry(fieldSymbol, undefined, 0, AWAITS.fieldBody),
  entry(fieldBody, undefined, 0, AWAITS.fieldBody),
  entry(dumpBanner, UPPER),
  entry(unwindWarning, 'W'),
  entry(currentCode, undefined, HAS.last),
  entry(bareCurrent, HEX),
  entry(stackHeading, '#:CRAtSMFPNI'),
  entry(moduleRow, HEX),
  entry(instruction, HEX),
  entry(frame, HEX + '('),
  entry(symbolRow, LOWER + UPPER, HAS.bang | HAS.plus),
  entry(registers, LOWER + '0123456789E', HAS.equals),
  entry(wideRegisters, 'xyzsm', HAS.equals),
  entry(exceptionRecord, 'ENCSPA-'),
  entry(exceptionEvent, '(' + UPPER, HAS.dash | HAS.wide),
  entry(exploitable, 'FSE', HAS.colon),
  entry(exceptionEvent, '0123456789abcdef', HAS.bracket, 0, HAS.address),
  entry(probableCause, 'DPTC', HAS.colon),
  entry(moduleHeading, 's'),
  entry(moduleDetail, UPPER),
  entry(codeLabel, undefined, HAS.bang | HAS.plus),
  entry(summaryWords, 'EBP', HAS.colon | HAS.wide),
  entry(errorSignature, 'AEMOPos', HAS.colon | HAS.point),
  entry(errorReport, LETTERS, HAS.colon | HAS.equals | HAS.wide),
  entry(werLine, UPPER, HAS.equals),
  entry(stopName, undefined, HAS.colon | HAS.wide),
  entryOfWords(namedCode, 'BSbs*-+', HAS.colon),
  entry(problemReport, UPPER, HAS.colon),
  entry(crashItem, 'BCDFMPS<"{bcdfmps'),
  entry(namedStop, 'Bb0123456789acdefACDEF', 0, 0, HAS.address | HAS.bracket | HAS.equals | HAS.greater | HAS.bang | HAS.quote | HAS.plus | HAS.star),
  entry(blamedDriver, undefined, HAS.colon),
  entryOfWords(translatedItem, undefined, HAS.colon),
  entry(fieldContinuation, undefined, 0, AWAITS.fieldBody),
  entry(errorElements, '<'),
  entry(systemError, LETTERS),
  entry(hyperVReset, "'"),
  entryOfWords(signatureInText, undefined, HAS.colon),
  entry(translatedError, undefined, HAS.colon | HAS.wide | HAS.zero_x),
  entry(remark),
];

/** Real reports have some thousand shapes; what was made to have all of them shall not be kept. */
const MOST_SHAPES = 65_536;

/** By the first character that is no blank, by signs: made where first asked for. The last row is for characters beyond ASCII. */
type Rows = readonly Map<number, readonly Recognizer[]>[];

/** By what the report awaits. */
const ASKED: Rows[] = [];
let shapes = 0;

function rowsFor(awaits: number): Rows {
  return (ASKED[awaits] ??= Array.from({ length: 129 }, () => new Map<number, readonly Recognizer[]>()));
}

/** The recognizers to ask about a line whose first character that is no blank is `unit` and whose shape is `shape`. */
export function recognizersFor(unit: number, shape: number, report: Report): readonly Recognizer[] {
  const { awaits } = report;
  const row = (ASKED[awaits] ?? rowsFor(awaits))[unit < 128 ? unit : 128];
  if (row === undefined) return [];
  const known = row.get(shape & SIGNS);
  if (known !== undefined) return known;
  const asked = RECOGNIZERS
    .filter(({ first }) => first === undefined || unit <= 32 || unit >= 127 || Number.isNaN(unit) || first.includes(String.fromCharCode(unit)))
    .filter(({ needs, awaited, never }) => (needs === 0 || (needs & shape) !== 0) && (never & shape) === 0 && (awaited === 0 || (awaited & awaits) !== 0))
    .map(({ recognizer }) => recognizer);
  if (shapes < MOST_SHAPES) {
    shapes++;
    row.set(shape & SIGNS, asked);
  }
  return asked;
}

const READERS: Readonly<Record<PhraseReader, Recognizer>> = { box, argument, field, dumpBanner, remark, moduleHeading };

/**
 * Whether the form of a line tells all of it: whoever waits for something is asked first. What goes on below a field is no phrase
 * and has none of the other forms, but it may be what looks like a phrase.
 */
export function isReadByForm(form: number, report: Report): boolean {
  return (form === FORM.phrase ? report.awaits : report.awaits & ~AWAITS.fieldBody) === 0;
}

/** What a line of a known form says in a report that waits for nothing it could be. */
export function readForm(form: number, line: LogicalLine, report: Report): Reading | undefined {
  switch (form) {
    case FORM.frame: return new FormedFrame(line, report);
    case FORM.field: return formedField(line, report);
    case FORM.row: return formedRow(line, report);
    case FORM.instruction: return bareCurrent(line, report) ?? formedInstruction(line, report);
    case FORM.phrase: return READERS[readerOf(line.text) ?? 'remark'](line, report);
    default: return bareCurrent(line, report) ?? formedRow(line, report) ?? formedInstruction(line, report);
  }
}
