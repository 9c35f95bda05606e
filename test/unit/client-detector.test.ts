import { describe, expect, it } from 'vitest';
import { Detector, type DocumentChange } from '../../client/src/common/detector.js';
import type { LogDocument } from '../../client/src/common/documents.js';

const CRASH = 'DRIVER_POWER_STATE_FAILURE (9f)';
const ORDINARY = '2024-03-05T10:14:09.004Z warn  [http] slow request GET /reports took 2041 ms';

class FakeDocument implements LogDocument {
  readonly uri: { scheme: string; toString(): string };
  version = 1;
  isClosed = false;
  reads = 0;
  constructor(name: string, public lines: string[], readonly languageId = 'log', scheme = 'file') {
    this.uri = { scheme, toString: () => `${scheme}:///${name}` };
  }

  get lineCount(): number {
    return this.lines.length;
  }

  lineAt(line: number): { text: string } {
    this.reads += 1;
    return { text: this.lines[line]! };
  }

  get address(): string {
    return this.uri.toString();
  }

  /** Replaces lines and says how the editor reports it. */
  edit(start: number, end: number, added: string[]): DocumentChange[] {
    const character = this.lines[end]?.length ?? 0;
    this.lines.splice(start, end - start + 1, ...added);
    this.version += 1;
    return [{ range: { start: { line: start, character: 0 }, end: { line: end, character } }, text: added.join('\n') } as DocumentChange];
  }
}

/** A detector whose time stands still but for `run`. */
function setUp(detect = true) {
  const state = { detect, clock: 0, found: [] as string[], lost: [] as string[], queue: [] as (() => void)[] };
  const detector = new Detector<FakeDocument>({
    detect: () => state.detect,
    later: (work) => state.queue.push(work),
    now: () => (state.clock += 1),
    found: (document) => state.found.push(document.address),
    lost: (document) => state.lost.push(document.address),
  });
  /** Gives turns until nothing is left to do; answers how many. */
  const run = (most = 10_000): number => {
    let turns = 0;
    for (; turns < most && state.queue.length > 0; turns += 1) state.queue.shift()!();
    return turns;
  };
  return { detector, state, run };
}

const big = (lines = 50_000): string[] => Array.from({ length: lines }, (_, index) => `${ORDINARY} ${index}`);

describe('which documents the server reads', () => {
  it('a crash log always, without a look', () => {
    const { detector, state } = setUp();
    const document = new FakeDocument('a', [ORDINARY], 'crashlog');
    detector.opened(document);
    expect(state.found).toEqual([document.address]);
    expect(document.reads).toBe(0);
  });

  it.each(['log', 'plaintext'])('a %s with a crash, and not one without', (language) => {
    const { detector, state, run } = setUp();
    const [crash, ordinary] = [new FakeDocument('crash', [ORDINARY, CRASH], language), new FakeDocument('ordinary', big(), language)];
    detector.opened(crash);
    detector.opened(ordinary);
    expect(state.found).toEqual([]);
    run();
    expect(state.found).toEqual([crash.address]);
    expect(detector.isFound(ordinary.address)).toBe(false);
  });

  it('untitled documents too', () => {
    const { detector, state, run } = setUp();
    detector.opened(new FakeDocument('Untitled-1', [CRASH], 'plaintext', 'untitled'));
    run();
    expect(state.found).toHaveLength(1);
  });

  it.each([['json', 'file'], ['log', 'output'], ['plaintext', 'git'], ['crashlog', 'git'], ['plaintext', 'stopcode']])('never %s in %s:', (language, scheme) => {
    const { detector, state, run } = setUp();
    const document = new FakeDocument('a', [CRASH], language, scheme);
    detector.opened(document);
    detector.changed(document, document.edit(0, 0, [CRASH]));
    run();
    expect(state.found).toEqual([]);
    expect(document.reads).toBe(0);
  });

  it('works in short turns', () => {
    const { detector, state, run } = setUp();
    const document = new FakeDocument('a', [...big(), CRASH, ...big()]);
    detector.opened(document);
    expect(run()).toBeGreaterThan(10);
    expect(state.found).toHaveLength(1);
  });

  it('takes one turn at once where asked to', () => {
    const { detector, state } = setUp();
    detector.opened(new FakeDocument('a', [CRASH]), true);
    expect(state.found).toHaveLength(1);
  });

  it('stops for a document that is closed', () => {
    const { detector, state, run } = setUp();
    const document = new FakeDocument('a', [...big(), CRASH]);
    detector.opened(document);
    document.isClosed = true;
    detector.closed(document);
    run();
    expect(state.found).toEqual([]);
  });

  it('says when a document is decided', async () => {
    const { detector, run } = setUp();
    const document = new FakeDocument('a', [...big(), CRASH, ...big()]);
    detector.opened(document);
    let decided = false;
    const waiting = detector.decided(document.address).then(() => { decided = detector.isFound(document.address); });
    run();
    await waiting;
    expect(decided).toBe(true);
    await detector.decided('file:///unknown');
  });
});

describe('a document that changes', () => {
  it('is found when a crash is pasted', () => {
    const { detector, state, run } = setUp();
    const document = new FakeDocument('a', big(2_000));
    detector.opened(document);
    run();
    detector.changed(document, document.edit(1_000, 1_000, ['one', CRASH, 'three']));
    expect(state.found).toEqual([document.address]);
  });

  it('is found when the sign is typed letter by letter', () => {
    const { detector, state, run } = setUp();
    const document = new FakeDocument('a', ['']);
    detector.opened(document);
    run();
    for (let length = 1; length <= CRASH.length; length += 1) {
      document.lines[0] = CRASH.slice(0, length);
      detector.changed(document, [{ range: { start: { line: 0, character: length - 1 }, end: { line: 0 } }, text: CRASH.charAt(length - 1) }]);
    }
    expect(state.found).toEqual([document.address]);
  });

  it('is not read whole for a key press in a very long line', () => {
    const { detector, state, run } = setUp();
    const line = 'x '.repeat(1_000_000);
    const document = new FakeDocument('a', [`${line}${CRASH}`]);
    state.detect = false;
    detector.opened(document);
    run();
    state.detect = true;
    detector.changed(document, [{ range: { start: { line: 0, character: 10 }, end: { line: 0 } }, text: 'y' }]);
    expect(state.found).toEqual([]);
    detector.changed(document, [{ range: { start: { line: 0, character: line.length }, end: { line: 0 } }, text: 'D' }]);
    expect(state.found).toHaveLength(1);
  });

  it('is looked at again where many places changed', () => {
    const { detector, state, run } = setUp();
    const document = new FakeDocument('a', big(100));
    detector.opened(document);
    run();
    const changes = document.edit(5, 5, [ORDINARY]);
    document.lines[90] = CRASH;
    detector.changed(document, [...changes, ...changes]);
    run();
    expect(state.found).toHaveLength(1);
  });

  it('is found once only', () => {
    const { detector, state, run } = setUp();
    const document = new FakeDocument('a', [CRASH]);
    detector.opened(document);
    run();
    detector.changed(document, document.edit(0, 0, [CRASH]));
    detector.opened(document);
    run();
    expect(state.found).toHaveLength(1);
  });
});

describe('stopcode.detect', () => {
  it('off leaves logs alone, on finds them again', () => {
    const { detector, state, run } = setUp();
    const [log, crashlog] = [new FakeDocument('a', [CRASH]), new FakeDocument('b', [CRASH], 'crashlog')];
    for (const document of [log, crashlog]) detector.opened(document);
    run();
    expect(state.found).toHaveLength(2);
    state.detect = false;
    detector.reconsider([log, crashlog]);
    expect(state.lost).toEqual([log.address]);
    expect([detector.isFound(log.address), detector.isFound(crashlog.address)]).toEqual([false, true]);
    state.detect = true;
    detector.reconsider([log, crashlog]);
    run();
    expect(state.found).toEqual([crashlog.address, log.address, log.address]);
  });
});
