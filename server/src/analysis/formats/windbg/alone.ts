/**
 * Which recognizers are asked about a line that stands alone, as every line does that may open a block. In a report nearly all lines
 * are what some recognizer knows; of these nearly none are, and each recognizer that is asked in vain costs as much as twenty characters
 * of the line: so the second character decides, too, and who knows nothing without a report is left out.
 */
import { instruction } from './commands/disassembly.js';
import { blamedDriver, crashItem } from './crashItems.js';
import { bareCurrent, breakpointHit } from './current.js';
import { recognizersFor } from './dispatch.js';
import { dumpHeader } from './dumpHeader.js';
import { powerEvent } from './events.js';
import { exceptionEvent } from './exceptionEvent.js';
import { exploitable } from './exploitable.js';
import { field } from './fields.js';
import { frame, stackHeading } from './frames.js';
import { header } from './header.js';
import { loadWarning, moduleDetail, moduleRow } from './modules.js';
import { oldStop } from './oldStop.js';
import type { Recognizer, Report } from './report.js';
import { isBlank, isHexDigit, isLower, isNameUnit, isUpper } from './scan.js';
import { dumpBanner, remark } from './session.js';
import { HAS, SIGNS } from './shape.js';
import { bugCheckCommand, shortAnalysis, stopModule } from './stop.js';

const STAR = 42;

/** Whether a recognizer can know a line alone, by its first two characters that are no blanks and its shape. */
type MayKnow = (first: number, second: number, shape: number) => boolean;

/** `BugCheck`, `Bugcheck`. */
const bugCheckWord: MayKnow = (_first, second) => second === 117;
const stars: MayKnow = (_first, second) => second === STAR;
/** The second digit of an address, or the `x` of its prefix. */
const addressDigit: MayKnow = (_first, second) => isHexDigit(second) || (second | 32) === 120;
const never: MayKnow = () => false;

const MAY_KNOW: ReadonlyMap<Recognizer, MayKnow> = new Map<Recognizer, MayKnow>([
  [shortAnalysis, bugCheckWord], [bugCheckCommand, bugCheckWord], [dumpHeader, bugCheckWord], [breakpointHit, (_first, second) => second === 114],
  // Its name stands between quotation marks or behind an attribute's sign, or begins the line.
  [powerEvent, (first, second, shape) => first !== 66 || second === 117 || (shape & (HAS.quote | HAS.equals)) !== 0],
  // The name of a bug check, or `Unknown bugcheck code`.
  [header, (first, second) => !isUpper(first) || isNameUnit(second) || (first === 85 && second === 110)],
  // It has no `0x` anywhere.
  [oldStop, (first, second, shape) => (shape & HAS.zero_x) === 0 && (first === STAR ? second === STAR : first === 83 ? second === 84 : (second | 32) === 117)],
  // A label in capitals, in bold, `Followup:`.
  [field, (first, second) => (first === STAR ? second === STAR : isNameUnit(second) || first === 70)],
  [dumpBanner, (_first, second) => isLower(second)],
  // `(8ec.748): …`, the same without its bracket, or `code c0000005 (first chance)`.
  [exceptionEvent, (first, second) => !isHexDigit(first) || isUpper(first) || isHexDigit(second) || second === 46 || second === 111],
  [exploitable, (first, second) => (first === 70 && second === 105) || (first === 83 && second === 101)],
  [moduleRow, addressDigit], [instruction, addressDigit], [frame, (first, second, shape) => first === 40 || isBlank(second) || addressDigit(first, second, shape)],
  // `Loaded symbol image file: `, `Image path: `.
  [moduleDetail, (first, second) => (first === 76 && second === 111) || (first === 73 && second === 109)],
  [stackHeading, (first, second) => !(isUpper(first) || isLower(first)) || isLower(second)],
  [loadWarning, stars], [stopModule, stars],
  [crashItem, (first, second, shape) => !isUpper(first) || isLower(second) || (shape & HAS.quote) !== 0],
  // One goes by what was read before, the other, asked last of all, knows nothing that opens a block.
  [blamedDriver, never], [remark, never],
  // Alone it knows an instruction that states the address it uses: `ds:00000000`00000010=????`.
  [bareCurrent, (first, second, shape) => (shape & HAS.equals) !== 0 && addressDigit(first, second, shape)],
]);

/** Made-up texts have all shapes with all pairs of characters; more than a log has are not kept. */
const MOST_KEPT = 8192;

/** By shape and the two characters. */
const KEPT = new Map<number, readonly Recognizer[]>();

/** The recognizers to ask about a line alone whose first two characters that are no blanks are given; `empty` is a report in which nothing was read. */
export function recognizersAlone(first: number, second: number, shape: number, empty: Report): readonly Recognizer[] {
  // What is not ASCII, and what is not there, says nothing.
  if (!(first > 32 && first < 127 && second < 127)) return recognizersFor(first, shape, empty);
  const key = ((first << 7) | second) * (SIGNS + 1) + (shape & SIGNS);
  const known = KEPT.get(key);
  if (known !== undefined) return known;
  const asked = recognizersFor(first, shape, empty).filter((recognizer) => MAY_KNOW.get(recognizer)?.(first, second, shape) ?? true);
  if (KEPT.size < MOST_KEPT) KEPT.set(key, asked);
  return asked;
}
