// Known issues as users keep them, with samples that prove them: as a file each, and as a collection in one file. A few are such
// that the generated logs show, all others near to what the logs say and yet absent.

import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAEMON_ERRORS, GUEST_FAILURES } from './guestLogs.mjs';
import { HOST_MESSAGES, PANICS, screen } from './logs.mjs';
import { ABSENT, GUEST_MODULES, HOST_FUNCTIONS, HOST_MODULES, NOUNS, Random, VERBS } from './random.mjs';
import { DRIVER_CRASHES, report } from './windbg.mjs';

/** Of one folder; a folder with more entries is slow to list on some systems. */
const ISSUES_PER_FOLDER = 10_000;
/** Issues that share a sample. */
const PER_SAMPLE = 20;
const STAMP = '2024-03-01T10:00:00.000Z cpu7:2100321)';

const functionOf = (frame) => frame.slice(0, frame.indexOf('@'));

/** What the generated logs show: all of it stands in a collection of any size. */
function* shown(random) {
  for (const { issue, head, frames } of PANICS) {
    yield { id: `bench/host/${issue}`, title: `Panic in ${functionOf(frames[0])}`, all: [{ frames: frames.map(functionOf) }], literal: `${frames[0]}+`, sample: screen(random, head, frames).map((line) => STAMP + line) };
  }
  for (const { issue, text, title } of HOST_MESSAGES) yield { id: `bench/host/${issue}`, title, all: [{ message: text }], literal: text, sample: [`${STAMP}WARNING: ${text}`] };
  for (const { issue, name, text, title } of DAEMON_ERRORS) {
    yield { id: `bench/libvirt/${issue}`, title, all: [{ message: text }], literal: text, sample: [`2024-03-01 10:00:00.000+0000: 2210: error : ${name}:704 : ${text}`] };
  }
  for (const { issue, title, fact: [fact, is], lines } of GUEST_FAILURES) yield { id: `bench/guest/${issue}`, title, all: [{ fact, is }], literal: title, sample: lines(random) };
  for (const crash of DRIVER_CRASHES) {
    const all = [{ fact: 'bugcheck.code', is: `0x${crash.code}` }, { frames: crash.frames }];
    yield { id: `bench/driver/${crash.issue}`, title: `${crash.name} in ${crash.frames[0]}`, all, literal: crash.frames[0], sample: report(random, crash) };
  }
}

/** Names that no log has: of a word of the logs and one that is never in them. */
function near(random, first, number) {
  return `${first}${random.pick(ABSENT)}${number}`;
}

/** Kinds of issues that no log shows. `sample` is one for a whole group. */
const NEAR = {
  frames: {
    make(random, number) {
      const frame = `${near(random, random.pick(HOST_FUNCTIONS), number)}@${random.pick(HOST_MODULES)}`;
      return { frame, title: `Panic in ${functionOf(frame)}`, all: [{ frames: [functionOf(frame)] }], literal: frame };
    },
    sample: (random, group) => screen(random, () => 'PCPU 3: no heartbeat (2/2 IPIs received)', group.map(({ frame }) => frame)).map((line) => STAMP + line),
  },
  messages: {
    make(random, number) {
      const literal = `ScsiDeviceIO: ${near(random, random.pick(VERBS), number)}: ${random.pick(NOUNS).toLowerCase()} on vmhba`;
      const message = number % 10 === 0 ? { message: literal, matches: 'on vmhba[0-9]+ after [0-9]+ ms' } : { message: literal };
      return { line: `${STAMP}WARNING: ${literal}3 after 120 ms`, title: `Message of ${literal.slice(14)}`, all: [message], literal };
    },
    sample: (_random, group) => group.map(({ line }) => line),
  },
  drivers: {
    make(random, number) {
      const module = random.pick(GUEST_MODULES);
      const frame = `${module}!${near(random, random.pick(VERBS) + random.pick(NOUNS), number)}`;
      return { frame, title: `Crash in ${frame}`, all: [{ fact: 'bugcheck.code', is: '0xd1' }, { frames: [frame] }], literal: frame };
    },
    sample: (random, group) => report(random, { name: 'DRIVER_IRQL_NOT_LESS_OR_EQUAL', code: 'd1', module: 'disk', frames: group.map(({ frame }) => frame) }),
  },
  guests: {
    make(random, number) {
      const literal = `internal error: ${near(random, random.pick(NOUNS), number)} in monitor`;
      return { line: `2024-03-01 10:00:00.000+0000: 2210: error : qemuMonitorIO:704 : ${literal}`, title: `Error of ${literal.slice(16)}`, all: [{ message: literal }], literal };
    },
    sample: (_random, group) => group.map(({ line }) => line),
  },
};
const MIX = ['drivers', 'frames', 'drivers', 'messages', 'drivers', 'frames', 'messages', 'drivers', 'messages', 'guests'];

/**
 * Writes `count` known issues below `folder`.
 * @returns {{ count: number, folders: string[], collection: string[], literals: string[], shown: number }} `folders` have a file an issue,
 *   `collection` is a folder with all in one; `literals` has one per issue, for a search of fixed strings.
 */
export function writeSignatures(folder, count, seed = 7) {
  const random = new Random(seed);
  const issues = [];
  const groups = new Map(Object.keys(NEAR).map((kind) => [kind, []]));
  for (const { sample, ...issue } of shown(random)) issues.push({ ...issue, sample });
  const shownCount = issues.length;
  for (let number = 1; issues.length < count; number++) {
    const kind = MIX[number % MIX.length];
    const group = groups.get(kind);
    const issue = { id: `bench/near/${kind}-${number}`, ...NEAR[kind].make(random, number), group: group.at(-1) };
    if (issue.group === undefined || issue.group.members.length === PER_SAMPLE) group.push(issue.group = { name: `${kind}-${group.length}`, members: [] });
    issue.group.members.push(issue);
    issues.push(issue);
  }
  for (const [kind, list] of groups) for (const group of list) group.lines = NEAR[kind].sample(random, group.members);

  const folders = [];
  const collection = join(folder, 'collection');
  mkdirSync(join(collection, 'samples'), { recursive: true });
  const rows = [];
  issues.forEach((issue, index) => {
    if (index % ISSUES_PER_FOLDER === 0) {
      folders.push(join(folder, `part-${folders.length + 1}`));
      mkdirSync(join(folders.at(-1), 'samples'), { recursive: true });
    }
    const at = folders.at(-1);
    const name = `${issue.group?.name ?? issue.id.replaceAll('/', '-')}.txt`;
    // The members of a group can come to stand in two folders; each has the whole sample.
    const sample = (issue.group?.lines ?? issue.sample).concat('').join('\n');
    for (const beside of [at, collection]) writeFileSync(join(beside, 'samples', name), sample);
    const { id, title, all } = issue;
    const data = { id, title, when: { all }, articles: [{ kind: 'kb', id: `BENCH${index}`, title }], matches: [`samples/${name}`] };
    const row = JSON.stringify(data);
    writeFileSync(join(at, `${id.replaceAll('/', '-')}.json`), row);
    rows.push(row);
  });
  writeFileSync(join(collection, 'all.jsonl'), rows.join('\n'));
  // A collection that was written just now is not kept between runs.
  utimesSync(join(collection, 'all.jsonl'), new Date(0), new Date(0));
  return { count: issues.length, folders, collection: [collection], literals: issues.map(({ literal }) => literal), shown: shownCount };
}
