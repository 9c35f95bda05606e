/** The time a dump was taken at, as `Debug session time:` gives it. */

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const TIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d\.\d{3}) (\d{4}) \((?:GMT|UTC) ?([+-]) ?(\d{1,2})(?::(\d\d))?\)/;

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/**
 * ISO 8601 in UTC, or undefined where the zone is not printed. The debugger prints the time of its own machine and how
 * far that is from UTC: `Wed Mar 15 13:11:54.777 2017 (GMT+8)`, `Fri Oct  7 20:46:54.694 2016 (UTC - 4:00)`.
 */
export function crashTime(text: string): string | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const at = MONTHS.indexOf(match[1] ?? '');
  if (at < 0 || at % 3 !== 0) return undefined;
  let month = at / 3 + 1;
  let day = Number(match[2]);
  let year = Number(match[6]);
  if (day < 1 || day > daysIn(year, month)) return undefined;
  const offset = Number(match[8]) * 60 + Number(match[9] ?? '0');
  let minutes = Number(match[3]) * 60 + Number(match[4]) + (match[7] === '-' ? offset : -offset);
  if (offset > 15 * 60) return undefined;
  if (minutes < 0) {
    minutes += 24 * 60;
    if (--day === 0) {
      if (--month === 0) {
        month = 12;
        year--;
      }
      day = daysIn(year, month);
    }
  } else if (minutes >= 24 * 60) {
    minutes -= 24 * 60;
    if (++day > daysIn(year, month)) {
      day = 1;
      if (++month === 13) {
        month = 1;
        year++;
      }
    }
  }
  return `${year}-${two(month)}-${two(day)}T${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${match[5] ?? ''}Z`;
}
