/** A long text reaches the server in pieces and is the document's in the end, whatever the user does meanwhile. */
import { describe, expect, it } from 'vitest';
import { clipped, END, pieceFrom, START, type Place, type TextChange } from '../../client/src/common/pieces.js';
import { PART_VERSION, PIECE, TextSender } from '../../client/src/common/textSender.js';
import { LogDocument } from '../../server/src/lsp/documents.js';

/** A document as the editor keeps it: lines and one kind of line end. */
class FakeDocument {
  version = 1;
  isClosed = false;
  lines: string[];
  constructor(text: string, readonly eol: 1 | 2 = 1) {
    this.lines = text.split(/\r\n|\n/);
  }

  get lineEnd(): string {
    return this.eol === 2 ? '\r\n' : '\n';
  }

  get text(): string {
    return this.lines.join(this.lineEnd);
  }

  get lineCount(): number {
    return this.lines.length;
  }

  lineAt(line: number): { text: string } {
    const text = this.lines[line];
    if (text === undefined) throw new RangeError(`there is no line ${line}`);
    return { text };
  }

  /** Replaces a stretch and answers the change as the editor reports it. */
  replace(start: Place, end: Place, text: string): TextChange {
    const added = ((this.lines[start.line] ?? '').slice(0, start.character) + text + (this.lines[end.line] ?? '').slice(end.character)).split(/\r\n|\n/);
    this.lines = [...this.lines.slice(0, start.line), ...added, ...this.lines.slice(end.line + 1)];
    return { range: { start, end }, text };
  }
}

const at = (line: number, character = 0): Place => ({ line, character });

/** A server that keeps its text with the product's own document store, and a clock that goes on when told to. */
function setUp(document: FakeDocument) {
  let kept: LogDocument | undefined;
  const messages: { kind: 'open' | 'change' | 'whole'; size: number; version: number }[] = [];
  const turns: (() => void)[] = [];
  const apply = (changes: readonly TextChange[], version: number): void => {
    if (kept === undefined) throw new Error('a change of a document that is not open');
    kept.update(changes.map(({ range: { start, end }, text }) => ({ range: { start: { ...start }, end: { ...end } }, text })), version);
    // What the server says is about the document or not said.
    if (!kept.isPart) expect([kept.version, kept.text.toString() === document.text]).toEqual([document.version, true]);
  };
  const sender = new TextSender(document, {
    sendOpen: (_, version, text) => {
      messages.push({ kind: 'open', size: text.length, version });
      kept = new LogDocument('file:///a.log', 'log', version, text);
      return Promise.resolve();
    },
    sendChange: (_, version, changes) => {
      messages.push({ kind: 'change', size: changes.reduce((sum, { text }) => sum + text.length, 0), version });
      apply(changes, version);
      return Promise.resolve();
    },
    pause: () => new Promise((resolve) => { turns.push(resolve); }),
  });
  const open = (): Promise<void> => sender.open(() => {
    messages.push({ kind: 'whole', size: document.text.length, version: document.version });
    kept = new LogDocument('file:///a.log', 'log', document.version, document.text);
    return Promise.resolve();
  });
  const change = (contentChanges: readonly TextChange[]): Promise<void> => {
    document.version += 1;
    return sender.changed({ document, contentChanges }, () => {
      messages.push({ kind: 'whole', size: 0, version: document.version });
      apply(contentChanges, document.version);
      return Promise.resolve();
    });
  };
  /** One piece more; false where none is wanting. */
  const turn = async (): Promise<boolean> => {
    for (let n = 0; n < 5; n += 1) await Promise.resolve();
    const next = turns.shift();
    next?.();
    for (let n = 0; n < 5; n += 1) await Promise.resolve();
    return next !== undefined;
  };
  const finish = async (): Promise<number> => {
    let count = 0;
    while (await turn()) count += 1;
    return count;
  };
  return { sender, messages, open, change, turn, finish, text: () => kept?.text.toString(), waiting: () => turns.length };
}

const LINE = '2024-03-01T10:00:00.123Z cpu3:2100321)World: vm 2100400: 7076: Starting world vmm0:appended of type 8';
const log = (lines: number): string => Array.from({ length: lines }, (_, n) => `${n} ${LINE}`).join('\n');
/** A text of some three and a half pieces. */
const LONG = Math.ceil((3.5 * PIECE) / (LINE.length + 6));

describe('pieces of a text', () => {
  const pieces = (document: FakeDocument, units: number): string[] => {
    const found: string[] = [];
    for (let from = START; from !== END;) {
      const piece = pieceFrom(document, from, units);
      found.push(piece.text);
      from = piece.end;
    }
    return found;
  };

  it.each([['', [''], 8], ['one', ['one'], 8], ['one\ntwo\n', ['one\n', 'two\n'], 4], ['one\ntwo\nsix', ['one\ntwo\n', 'six'], 8], ['\n\n\n\n', ['\n\n\n', '\n'], 2], ['a\nlongerthan\nb', ['a\n', 'longe', 'rthan\n', 'b'], 5]])(
    '%j is %j in pieces of %i', (text, expected, units) => {
      expect(pieces(new FakeDocument(text), units).filter((piece, index) => index === 0 || piece !== '')).toEqual(expected);
    },
  );

  it('are the whole text together, end at line ends where lines are short, and never cut a character or a line end in two', () => {
    for (const eol of [1, 2] as const) {
      for (const text of ['', '\n', 'a', 'a\n', '\n\n\na', 'ab\ncd\n\nefghij\nk', 'a😀b\n😀😀\n😀', '😀'.repeat(9), `${'x😀'.repeat(5)}\n\nend\n`]) {
        const document = new FakeDocument(text, eol);
        for (let units = 2; units < 14; units += 1) {
          const found = pieces(document, units);
          expect(found.join('')).toBe(document.text);
          for (const piece of found) {
            expect(piece).not.toMatch(/^\n(?<=\r\n)|\r$/);
            expect(piece).not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/);
            expect(piece.length).toBeLessThanOrEqual(units + document.lineEnd.length);
          }
          if (document.lines.every((line) => line.length <= units)) for (const piece of found.slice(0, -1)) expect(piece.endsWith('\n')).toBe(true);
        }
      }
    }
  });
});

describe('a change of a text of which the server has the beginning', () => {
  const one = (start: Place, end: Place, text: string, reached: Place) => clipped([{ range: { start, end }, text }], reached, 100);

  it.each([
    ['behind it is left to the pieces', at(5, 1), at(6), 'x', [], at(5)],
    ['just behind it, too', at(5), at(5), 'x\ny', [], at(5)],
    ['before it moves its end', at(1), at(2), 'x\ny\nz\n', [[at(1), at(2), 'x\ny\nz\n']], at(7)],
    ['up to its end leaves what it brings in it', at(4, 3), at(5), 'xy', [[at(4, 3), at(5), 'xy']], at(4, 5)],
    ['across its end cuts it off', at(3, 2), at(9), 'xy', [[at(3, 2), at(5), '']], at(3, 2)],
    ['that is too long cuts it off', at(3, 2), at(3, 2), 'x'.repeat(101), [[at(3, 2), at(5), '']], at(3, 2)],
  ] as const)('%s', (_, start, end, text, told, reached) => {
    expect(one(start, end, text, at(5))).toEqual({ changes: told.map(([from, to, with_]) => ({ range: { start: from, end: to }, text: with_ })), reached });
  });

  it('is told as it is once the server has all', () => {
    expect(one(at(3), at(4), 'x', END)).toEqual({ changes: [{ range: { start: at(3), end: at(4) }, text: 'x' }], reached: END });
    expect(one(at(3), at(4), 'x'.repeat(101), END).reached).toEqual(at(3));
  });
});

describe('a long text', () => {
  it('arrives in pieces, a turn for each', async () => {
    const document = new FakeDocument(log(LONG));
    const { sender, messages, open, turn, finish, text } = setUp(document);
    const opened = open();
    expect(messages).toEqual([{ kind: 'open', size: expect.any(Number) as number, version: PART_VERSION }]);
    expect(await turn()).toBe(true);
    expect(messages).toHaveLength(2);
    expect(sender.isComplete).toBe(false);
    await finish();
    await opened;
    expect(sender.isComplete).toBe(true);
    expect(messages.map(({ version }) => version)).toEqual([PART_VERSION, PART_VERSION, PART_VERSION, 1]);
    for (const { size } of messages) expect(size).toBeLessThanOrEqual(PIECE + 2);
    expect(text()).toBe(document.text);
  });

  it.each([['with CRLF', log(LONG), 2], ['that ends with a line end', `${log(LONG)}\n`, 1], ['of one line', `x${'😀'.repeat(PIECE)}`, 1], ['of empty lines', '\n'.repeat(PIECE + 5), 2]] as const)('%s arrives as it is', async (_, content, eol) => {
    const document = new FakeDocument(content, eol);
    const { messages, open, finish, text } = setUp(document);
    void open();
    await finish();
    expect(messages.length).toBeGreaterThan(1);
    expect(text()).toBe(document.text);
  });

  it('is no long one where it is short or empty', async () => {
    for (const content of ['', 'one line', log(1_000)]) {
      const { messages, open, waiting, text } = setUp(new FakeDocument(content));
      await open();
      expect(messages.map(({ kind }) => kind)).toEqual(['whole']);
      expect(waiting()).toBe(0);
      expect(text()).toBe(content);
    }
  });

  it('stops when it is closed or the server is gone', async () => {
    for (const end of ['stop', 'close'] as const) {
      const document = new FakeDocument(log(LONG));
      const { sender, messages, open, turn, finish } = setUp(document);
      const opened = open();
      await turn();
      if (end === 'stop') sender.stop();
      else document.isClosed = true;
      await finish();
      await opened;
      expect(messages).toHaveLength(2);
      expect(sender.isComplete).toBe(false);
    }
  });

  it('does not begin again for a change that it held already', async () => {
    const document = new FakeDocument(log(LONG));
    const { sender, messages, open } = setUp(document);
    void open();
    await sender.changed({ document, contentChanges: [{ range: { start: at(0), end: at(1) }, text: '' }] }, () => Promise.reject(new Error('told')));
    expect(messages).toHaveLength(1);
  });

  it('begins again where the document changed without a word', async () => {
    const document = new FakeDocument(log(LONG));
    const { open, turn, finish, text } = setUp(document);
    void open();
    await turn();
    document.replace(at(3), at(7, 2), 'other');
    document.version += 1;
    await finish();
    expect(text()).toBe(document.text);
  });

  it('that replaces all of a short one arrives in pieces, too', async () => {
    const document = new FakeDocument(log(1_000));
    const { sender, messages, open, change, finish, text } = setUp(document);
    await open();
    const told = change([document.replace(at(0), at(999, document.lines[999]!.length), log(LONG))]);
    const { sent } = sender;
    expect(sender.isComplete).toBe(false);
    await finish();
    await Promise.all([told, sent]);
    expect(Math.max(...messages.map(({ size }) => size))).toBeLessThanOrEqual(PIECE + 2);
    expect(text()).toBe(document.text);
    await change([document.replace(at(5), at(5), 'y')]);
    expect(messages.at(-1)?.kind).toBe('whole');
    expect(text()).toBe(document.text);
  });

  it('fails where the server cannot be told', async () => {
    const document = new FakeDocument(log(LONG));
    const sender = new TextSender(document, { sendOpen: () => Promise.resolve(), sendChange: () => Promise.reject(new Error('gone')), pause: () => Promise.resolve() });
    await expect(sender.open(() => Promise.resolve())).rejects.toThrow('gone');
  });
});

describe('edits while a text is being sent', () => {
  /** Numbers that look random and are the same in each run. */
  const random = (seed: number) => (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };

  it('leave the server with the document, wherever and whenever they are made', async () => {
    const base = log(LONG);
    for (let seed = 1; seed <= 60; seed += 1) {
      const pick = random(seed);
      const document = new FakeDocument(base, seed % 2 === 0 ? 2 : 1);
      const { sender, open, change, turn, finish, text } = setUp(document);
      const place = (): Place => {
        const line = pick(3) === 0 ? Math.max(0, document.lineCount - 1 - pick(3)) : pick(document.lineCount);
        return at(line, pick(2) === 0 ? 0 : pick(document.lines[line]!.length + 1));
      };
      void open();
      for (let step = 0; step < 12; step += 1) {
        if (pick(3) === 0) await turn();
        const changes: TextChange[] = [];
        for (let n = pick(3); n >= 0; n -= 1) {
          const a = place();
          const end = pick(3) === 0 ? place() : a;
          const isOrdered = a.line < end.line || (a.line === end.line && a.character <= end.character);
          const added = ['', 'x', 'one\ntwo', '\n', 'end\n', 'long '.repeat(pick(4) === 0 ? PIECE / 4 : 1)][pick(6)]!;
          changes.push(document.replace(isOrdered ? a : end, isOrdered ? end : a, added.replaceAll('\n', document.lineEnd)));
        }
        void change(changes);
        if (sender.isComplete) expect(text() === document.text).toBe(true);
      }
      await finish();
      await sender.sent;
      expect(sender.isComplete).toBe(true);
      expect(text() === document.text, `seed ${seed}`).toBe(true);
    }
  });

  it('at the end of a log that is followed are part of the last piece', async () => {
    const document = new FakeDocument(`${log(LONG)}\n`);
    const { messages, open, change, turn, finish, text } = setUp(document);
    void open();
    for (let n = 0; n < 3; n += 1) {
      await change([document.replace(at(document.lineCount - 1), at(document.lineCount - 1), `${LINE}\n`)]);
      await turn();
    }
    await finish();
    expect(messages.map(({ kind }) => kind)).toEqual(['open', 'change', 'change', 'change']);
    expect(text()).toBe(document.text);
  });
});
