/** Whom an analysis or a summary tool blames for a crash, in one line. */
import type { LogicalLine } from '../cursor.js';
import { HEADLINE } from './headline.js';
import type { Reading, Report } from './report.js';
import { fileNameEnd, moduleOfImage, skipBlanks, symbolAt, wordEnd } from './scan.js';
import { claimImage, claimSymbol } from './state.js';
import { symbolTokens } from './tokens.js';

/** The debugger's label, that of BlueScreenView, and the sentences of WhoCrashed over the years. */
const LABEL = /^(?:Probably caused by|(Caused By Driver)|This was (?:probably|likely) caused by the following (?:module|driver)|Driver or module in which (?:crash|error) occurred)/;

/** What an analysis blames where the code in memory differs from that on disk, or the machine has failed: no file. */
const NO_FILE = /^(?:memory_corruption|hardware)(?=\s|$)/;

/** `Probably caused by : storvsc.sys ( storvsc!StorChannelVmbusCallback+2b8 )`, and the like of a summary tool. */
export function probableCause(line: LogicalLine, report: Report): Reading | undefined {
  const { text } = line;
  const start = skipBlanks(text, 0);
  const label = LABEL.exec(text.slice(start, start + 64));
  if (label === null) return undefined;
  const labelEnd = start + label[0].length;
  const colon = skipBlanks(text, labelEnd);
  if (text.charCodeAt(colon) !== 58) return undefined;
  const image = skipBlanks(text, colon + 1);
  const imageEnd = fileNameEnd(text, image);
  const unknown = text.startsWith('Unknown_', image) || text.startsWith('memory_corruption', image) || text.startsWith('hardware', image);
  if (imageEnd < 0 && !unknown && !text.includes('(', image)) return undefined;
  return {
    strength: 'strong', opens: true,
    act: () => {
      report.body = true;
      report.analysis = true;
      report.sink.token('field', line, start, labelEnd);
      if (imageEnd > 0) {
        // The symbol in brackets says how the debugger calls the module: `ntoskrnl.exe (nt+0x1A8CA0)`.
        claimImage(report, line, image, imageEnd, 1, text.includes('(', imageEnd) ? 3 : 2);
        // The version of the file stands below the name in a summary tool.
        if (label[1] !== undefined) report.module = moduleOfImage(text.slice(image, imageEnd));
      } else if (NO_FILE.test(text.slice(image, image + 20))) {
        const end = wordEnd(text, image);
        report.claim('image', text.slice(image, end), 1, line, image, end, 'module');
      }
      report.headline(HEADLINE.blame, line, start, text.length);
      const open = text.indexOf('(', image);
      if (open < 0) return;
      const symbol = symbolAt(text, skipBlanks(text, open + 1), true);
      if (symbol === undefined) return;
      symbolTokens(report, line, symbol, true);
      claimSymbol(report, line, symbol, 1);
    },
  };
}
