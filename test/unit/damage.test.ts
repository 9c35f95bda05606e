/**
 * What the way of a text does to it: a crash that was quoted, numbered, logged by a console server, coloured by a terminal or pasted
 * into a web page is the same crash. Each damage alone, on samples of the formats.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyzeText } from '../../server/src/analysis/analysis.js';
import { parseSample } from '../support/gutter.js';
import { builtinKnowledge } from '../support/knowledge.js';
import { everythingInside, tokensInOrder } from '../support/mutationChecks.js';

const knowledge = builtinKnowledge();
const KEYS = [
  'bugcheck.code', 'bugcheck.name', 'bugcheck.parameter1', 'bugcheck.parameter2', 'bugcheck.parameter3', 'bugcheck.parameter4', 'exception.code', 'exception.vector', 'exception.ip',
  'module', 'image', 'symbol', 'process', 'failure.bucket', 'panic.kind', 'world.id', 'world.name', 'register.cr2',
];

function facts(text: string): unknown {
  return analyzeText(text, knowledge).crashes.map(({ record }) => [...KEYS.map((key) => `${key} ${record.value(key) ?? '-'}`), `frames ${record.frames.length}`].filter((fact) => !fact.endsWith(' -')));
}

const lines = (text: string): string[] => text.split('\n');
const each = (change: (line: string, number: number) => string) => (text: string): string => lines(text).map((line, index) => change(line, index + 1)).join('\n');
const entities = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');

/** Quoted-printable with lines of at most 76 characters. */
function printable(text: string): string {
  return each((line) => {
    const rows: string[] = [];
    let row = '';
    for (const piece of line.replaceAll('=', '=3D').replace(/ $/, '=20').match(/=[0-9A-F]{2}|./g) ?? []) {
      if (row.length + piece.length > 75) {
        rows.push(row);
        row = '';
      }
      row += piece;
    }
    return [...rows, row].join('=\n');
  })(text);
}

const DAMAGES: readonly (readonly [string, (text: string) => string])[] = [
  ['a quote mark', each((line) => `> ${line}`)],
  ['two quote marks', each((line) => `>> ${line}`)],
  ['a code fence', (text) => `It crashed:\n\n\`\`\`\n${text}\n\`\`\``],
  ['an indentation', each((line) => `    ${line}`)],
  ['entities', entities],
  ['HTML line breaks', (text) => lines(entities(text)).join('<br />\n')],
  ['paragraphs of HTML', each((line) => `<p>${entities(line)}</p>`)],
  ['quoted-printable', printable],
  ['escaped signs', (text) => text.replace(/[[\]_*<>]/g, '\\$&')],
  ['apostrophes for back-ticks', (text) => text.replace(/(?<=[\da-f]{8})`(?=[\da-f]{8})/g, "'")],
  ['line numbers and a colon', each((line, number) => `${String(number)}: ${line}`)],
  ['line numbers and a bar', each((line, number) => `${String(number)}|${line}`)],
  ['line numbers and a blank', each((line, number) => `${String(number + 7).padStart(4)} ${line}`)],
  ['line numbers and a tab', each((line, number) => `${String(number)}\t${line}`)],
  ['line numbers of grep', each((line, number) => `console.log:${String(number)}:${line}`)],
  ['a time in brackets', each((line) => `[10:20:30] ${line}`)],
  ['a date and a time', each((line) => `2031-02-03 10:20:30,456 ${line}`)],
  ['a date, a severity', each((line) => `2031-02-03T10:20:30.456Z INFO ${line}`)],
  ['a host and a program', each((line) => `2031-02-03T10:20:30.456+00:00 rack7 console: ${line}`)],
  ['a quoted list', each((line, number) => `> ${String(number)}: ${line}`)],
  ['names of a chat', each((line) => `<jo> ${line}`)],
  ['bars of a table', each((line) => `| ${line} |`)],
  ['a frame', each((line) => `\u2502 ${line.padEnd(90)} \u2502`)],
  ['comment signs', each((line) => ` * ${line}`)],
  ['signs of a patch', each((line) => `+${line}`)],
  ['a list', each((line) => `- ${line}`)],
  ['quotation marks', each((line) => `"${line}",`)],
  ['colours', each((line) => `\u001b[1;31m${line}\u001b[0m`)],
  ['colours without the escape', each((line) => `[1;31m${line}[0m`)],
  ['tags of a forum', (text) => `[quote="jo"][code]${text}[/code][/quote]`],
  ['tags of Jira', (text) => `{noformat}${text}{noformat}`],
  ['carriage returns', (text) => text.replaceAll('\n', '\r\n')],
  ['carriage returns alone', (text) => text.replaceAll('\n', '\r')],
  ['a byte-order mark', (text) => `\ufeff${text}`],
  ['tabs', (text) => text.replace(/ {2,}/g, '\t')],
  ['single blanks', (text) => text.replace(/ {2,}/g, ' ')],
  ['blanks at the ends', each((line) => `${line}   `)],
  ['a head of a mail', (text) => `From: Jo <jo@example.org>\nSubject: blue screen on rack7\nContent-Type: text/plain; charset=utf-8\n\n${text}`],
  ['line ends written out', (text) => JSON.stringify({ log: text })],
  ['line ends of a word processor', (text) => text.replaceAll('\n', '\u000b')],
];

/** Reports of every kind; the damages leave them whole. */
const SAMPLES = [
  'windbg/analysis-x64', 'windbg/analysis-x86', 'windbg/kernel-stack-only', 'windbg/short-analysis', 'esxi/panic-arm', 'esxi/panic-4x', 'esxi/panic-log-registers', 'vmware/vmx-signal',
];

describe.each(SAMPLES)('%s', (name) => {
  const [format, sample] = name.split('/');
  const path = fileURLToPath(new URL(`../../server/src/analysis/formats/${String(format)}/samples/${String(sample)}.gutter`, import.meta.url));
  const { text } = parseSample(readFileSync(path, 'utf8'), name);
  const whole = facts(text);

  it('is a crash', () => expect(whole).not.toEqual([]));

  it.each(DAMAGES)('is the same with %s', (_, damage) => {
    const damaged = damage(text);
    expect(facts(damaged)).toEqual(whole);
    const analysis = analyzeText(damaged, knowledge);
    everythingInside(analysis);
    tokensInOrder(analysis);
  });
});

describe('what is no crash stays none', () => {
  it.each([
    ['a message in quotation marks', 'Newer versions stopped with\n\n"Unable to handle kernel paging request at virtual address 0123ab40"\n(the address differs)'],
    ['a numbered list of bug checks', '1. Stop code: what you see\n2. DRIVER_IRQL_NOT_LESS_OR_EQUAL is met often.\n3. Search for it.'],
    ['a label before a bug check', 'Stop code: DRIVER_IRQL_NOT_LESS_OR_EQUAL (0x1E)'],
    ['a question in a chat', '[10:20] <jo> has anybody seen DRIVER_IRQL_NOT_LESS_OR_EQUAL?\n[10:21] <al> no, sorry'],
    ['rows of a table', '| name | meaning |\n|---|---|\n| DRIVER_IRQL_NOT_LESS_OR_EQUAL | a driver used an address |'],
  ])('%s', (_, text) => expect(analyzeText(text, knowledge).crashes).toEqual([]));
});
