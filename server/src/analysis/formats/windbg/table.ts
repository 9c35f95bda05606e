/**
 * BlueScreenView's list: a row for each dump, its cells parted by tabs, commas, bars or what a web page made of them. The
 * columns are fixed: dump file, time, name, code, four parameters, driver, address, description, product, company, version …
 */
import type { LogicalLine } from '../cursor.js';
import { bugCheckCodeOf, isCodeOf, isStatedCode } from './bugCheckNames.js';
import { cellEnd } from './lists.js';
import { HEADLINE } from './headline.js';
import { hexIn, type Reading, type Report } from './report.js';
import { fileNameEnd, hexEnd, isNameUnit, isWordUnit, moduleOfImage } from './scan.js';
import { claimArchitecture, claimDriverVersion, claimImage, stateCode, stateName, stateParameter } from './state.js';

/** Longest line that is searched for a row. */
const MAX_ROW = 65_536;

interface Cell {
  readonly start: number;
  readonly end: number;
}

interface Row {
  /** The tool leaves it blank for a code it does not know. */
  readonly name: Cell | undefined;
  readonly code: Cell;
  readonly parameters: readonly Cell[];
  readonly next: number;
}

/** Column of the next cell. */
function nextCell(text: string, at: number): number {
  let place = at;
  while (place - at < 24 && ' \t\u00a0",;|\''.includes(text.charAt(place)) && place < text.length) place++;
  return place;
}

/** The documented name that ends before the code; a time of day may have run into it. */
function nameBefore(text: string, code: number): Cell | undefined {
  let end = code;
  while (end > 0 && code - end < 24 && ' \t\u00a0",;|\''.includes(text.charAt(end - 1))) end--;
  let start = end;
  while (start > 0 && end - start < 96 && isNameUnit(text.charCodeAt(start - 1))) start--;
  for (const from of [start, start + 2]) if (end - from >= 6 && bugCheckCodeOf(text.slice(from, end)) !== undefined) return { start: from, end };
  return undefined;
}

/** A row that begins with the name of a dump. */
const OF_DUMP = /^\s{0,4}"?[\w.-]{1,80}\.dmp"?[\t,;]/i;

/** Whether the cell before the code is blank, in a row that begins with the name of a dump. */
function isUnnamed(text: string, code: number): boolean {
  return OF_DUMP.test(text) && /[\t,;] ?(?:"")?[\t,;] ?"?$/.test(text.slice(Math.max(0, code - 8), code));
}

function rowIn(text: string): Row | undefined {
  for (let at = text.indexOf('0x'); at >= 0; at = text.indexOf('0x', at + 2)) {
    const before = text.charCodeAt(at - 1);
    if (!(isNameUnit(before) || before === 9 || before === 32 || before === 34 || before === 44 || before === 59 || before === 124)) continue;
    if (hexEnd(text, at + 2) < at + 10) continue;
    const name = nameBefore(text, at);
    const code = text.slice(at, at + 10);
    if (name === undefined ? !isUnnamed(text, at) || !isStatedCode(code) : !isCodeOf(text.slice(name.start, name.end), code)) continue;
    const parameters: Cell[] = [];
    let place = nextCell(text, at + 10);
    while (parameters.length < 4) {
      const end = cellEnd(text, place);
      if (end < 0) break;
      parameters.push({ start: place, end });
      place = nextCell(text, end);
    }
    if (parameters.length === 4) return { name, code: { start: at, end: at + 10 }, parameters, next: place };
  }
  return undefined;
}

/** A row has the name of a bug check or that of its dump; most lines with a value have neither. */
const DUMP = /\.dmp/i;

/** A row of the list: name, code and four parameters in one line and nothing but separators between them. */
export function tableRow(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  if (text.length < 60 || text.length > MAX_ROW || !(text.includes('_') || DUMP.test(text))) return undefined;
  const row = rowIn(text);
  if (row === undefined) return undefined;
  const code = hexIn(line, row.code.start, row.code.end);
  return {
    strength: 'strong', opens: true, begins: 'dump', code,
    act: () => {
      report.body = true;
      report.opens = true;
      report.teller = 'summary tool';
      report.section('header', 'Bug check', line);
      const said = report.bugChecks.add('summary tool');
      report.stated ??= code;
      stateCode(report, said, line, row.code.start, row.code.end);
      row.parameters.forEach((cell, index) => stateParameter(report, said, index + 1, line, cell.start, cell.end));
      if (row.name !== undefined) stateName(report, said, line, row.name.start, row.name.end);
      report.headline(HEADLINE.stop, line, (row.name ?? row.code).start, row.parameters[3]?.end ?? row.code.end);
      driverCells(report, line, row.next);
    },
  };
}

/** Driver and address; in a list that kept its tabs or commas also the version and the processor. */
function driverCells(report: Report, line: LogicalLine, from: number): void {
  const { text } = line;
  const named = fileNameEnd(text, from);
  if (named < 0) return;
  // Cells that have run together: `storvsc.sysstorvsc.sys+1a2c`.
  const half = (named - from) / 2;
  const end = text.slice(from, from + half) === text.slice(from + half, named) ? from + half : named;
  const image = text.slice(from, end);
  claimImage(report, line, from, end, 1, 2);
  const address = nextCell(text, end);
  const plus = address + image.length;
  if (text.startsWith(image, address) && text.charCodeAt(plus) === 43) {
    const offsetEnd = hexEnd(text, plus + 1);
    const offset = hexIn(line, plus + 1, offsetEnd);
    report.sink.token('module', line, address, plus);
    if (offset !== undefined && !isWordUnit(text.charCodeAt(offsetEnd))) report.claim('symbol.offset', offset, 2, line, plus + 1, offsetEnd, 'offset');
  }
  const separator = text.charAt(end) === '"' ? '","' : text.charAt(end);
  const processor = /[\s",;|](x64|x86|32-bit|ARM64|IA64)(?=[\s",;|]|$)/.exec(text.slice(end));
  if (processor !== null) {
    const at = end + processor.index + 1;
    claimArchitecture(report, line, at, at + (processor[1] ?? '').length);
  }
  if (separator !== '\t' && separator !== '","' && separator !== ',') return;
  // Driver, address, description, product, company, version.
  let at = end;
  for (let cell = 0; cell < 5; cell++) {
    const next = text.indexOf(separator, at);
    if (next < 0) return;
    at = next + separator.length;
  }
  claimDriverVersion(report, moduleOfImage(image), 0, line, at);
}
