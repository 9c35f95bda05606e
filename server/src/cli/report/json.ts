/** The report as JSON, whole or one file a line. */
import type { CrashText, ReportWriter } from './format.js';
import { packedCrashes } from './crashPile.js';
import { SCHEMA_VERSION, type Tool } from './types.js';

/** A crash of the document, behind its indent. */
export const jsonCrash: CrashText = (_path, crash) => indented(crash, '        ');

/** A crash of a line. */
export const ndjsonCrash: CrashText = (_path, crash) => safe(JSON.stringify(crash));

/** One document; files are written as they are finished, so that a long run is not kept in memory. */
export function jsonWriter(tool: Tool): ReportWriter {
  let files = 0;
  return {
    begin: () => `{\n  "schemaVersion": ${JSON.stringify(SCHEMA_VERSION)},\n  "tool": ${indented(tool, '  ')},\n  "files": [`,
    *file({ head: { events, notes, ...head }, crashes }) {
      // The crashes stand in the middle of the object, and are written one by one.
      yield `${files++ === 0 ? '' : ','}\n    ${indented(head, '    ').slice(0, -'\n    }'.length)},\n      "crashes": [`;
      let index = 0;
      for (const crash of packedCrashes(crashes)) {
        yield `${index++ === 0 ? '' : ','}\n        `;
        yield crash;
      }
      yield `${crashes.count === 0 ? '' : '\n      '}],${indented({ events, notes }, '    ').slice(1)}`;
    },
    end: () => `${files === 0 ? '' : '\n  '}]\n}\n`,
  };
}

/** One file object a line. */
export function ndjsonWriter(): ReportWriter {
  return {
    begin: () => '',
    *file({ head: { events, notes, ...head }, crashes }) {
      yield `${safe(JSON.stringify(head)).slice(0, -1)},"crashes":[`;
      let index = 0;
      for (const crash of packedCrashes(crashes)) {
        if (index++ > 0) yield ',';
        yield crash;
      }
      yield `],${safe(JSON.stringify({ events, notes })).slice(1)}\n`;
    },
    end: () => '',
  };
}

/** A value as JSON whose further lines begin with `indent`. */
export function indented(value: unknown, indent: string): string {
  return safe(JSON.stringify(value, null, 2)).replaceAll('\n', `\n${indent}`);
}

/**
 * JSON leaves some characters as they are that act on a terminal: DEL, the C1 controls, bidirectional overrides. They can
 * stand only inside strings, where the escape means the same.
 */
function safe(json: string): string {
  return json.replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
