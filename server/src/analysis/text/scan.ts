/** Small steps that every hand-written reader takes. */

/** Runs a sticky expression at a column. */
export function at(expression: RegExp, text: string, column: number): RegExpExecArray | null {
  expression.lastIndex = column;
  return expression.exec(text);
}

/** `0` to `9`. */
export function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

/** A digit, letter or `_`. */
export function isWordUnit(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 95;
}

/** The name of a file without its folder: `/usr/lib64/libc.so.6` is `libc.so.6`, behind a drive of Windows `C:\Windows\System32\msvcrt.dll` is `msvcrt.dll`. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.charCodeAt(1) === 58 ? path.lastIndexOf('\\') : -1) + 1);
}

/** The column after blanks, tabs and no-break spaces. */
export function skipBlanks(text: string, column: number): number {
  let place = column;
  for (; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    if (unit !== 32 && unit !== 9 && unit !== 160) break;
  }
  return place;
}
