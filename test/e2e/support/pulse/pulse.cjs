// Runs in the extension host beside the extension under test: notes when the host's event loop stands still, and does
// on request what a measurement needs done there. Its address is written to the file STOPCODE_PULSE names.
'use strict';

const { createServer } = require('node:http');
const { Session } = require('node:inspector/promises');
const { writeFileSync } = require('node:fs');
const vscode = require('vscode');

const TICK_MS = 5;
const STILL_MS = 50;

/** Stretches the event loop did nothing else in: when they ended, and how long they were. */
let still = [];

function watch() {
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    const late = now - last - TICK_MS;
    if (late > STILL_MS) still.push({ at: Date.now(), ms: Math.round(late), micros: Number(process.hrtime.bigint() / 1000n) });
    last = now;
  }, TICK_MS);
}

const MOST_NAMED = 5;

let session;

/** What ran in a stretch, most first: function, file and milliseconds. */
function ranIn({ ms, micros }, profile) {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const took = new Map();
  let at = profile.startTime;
  profile.samples.forEach((id, sample) => {
    const delta = profile.timeDeltas[sample];
    at += delta;
    if (at < micros - (ms + TICK_MS) * 1000 || at > micros) return;
    const { functionName, url } = nodes.get(id);
    const name = `${functionName || '(anonymous)'} ${url.split('/').slice(-3).join('/')}`.trim();
    took.set(name, (took.get(name) ?? 0) + delta / 1000);
  });
  return [...took].sort((a, b) => b[1] - a[1]).slice(0, MOST_NAMED).map(([name, milliseconds]) => `${name} ${milliseconds.toFixed(0)} ms`);
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const documentOf = (path) => vscode.workspace.textDocuments.find((document) => document.uri.path === path);

const ACTIONS = {
  async still() {
    const found = still;
    still = [];
    if (session === undefined) return found;
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    session = undefined;
    return found.map((stretch) => ({ ...stretch, ran: ranIn(stretch, profile) }));
  },
  /** From now on, until they are asked for, stretches are told with what ran in them. They are somewhat longer then. */
  async profile() {
    session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
  },
  async open({ path, line }) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ ...vscode.workspace.workspaceFolders[0].uri.toJSON(), path }));
    const editor = await vscode.window.showTextDocument(document, { selection: new vscode.Range(line, 0, line, 0) });
    editor.revealRange(new vscode.Range(line, 0, line, 0), vscode.TextEditorRevealType.InCenter);
    return { language: document.languageId, lines: document.lineCount };
  },
  async marks({ path }) {
    const document = documentOf(path);
    return document === undefined ? [] : vscode.languages.getDiagnostics(document.uri).map(({ message, range }) => ({ message, line: range.start.line }));
  },
  async hover({ path, line, column }) {
    const begun = performance.now();
    const hovers = await vscode.commands.executeCommand('vscode.executeHoverProvider', documentOf(path).uri, new vscode.Position(line, column));
    return { ms: Math.round(performance.now() - begun), characters: hovers.flatMap((hover) => hover.contents).reduce((sum, content) => sum + (content.value ?? content).length, 0) };
  },
  /** Appends `text` as often as asked, at even times, but not for longer than `atMost`; says how long it took. */
  async follow({ path, text, times, everyMs, atMost }) {
    const begun = Date.now();
    for (let done = 0; done < times && Date.now() - begun < atMost; done += 1) {
      const wait = begun + done * everyMs - Date.now();
      if (wait > 0) await sleep(wait);
      const document = documentOf(path);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(document.lineCount, 0), text);
      if (!(await vscode.workspace.applyEdit(edit))) throw new Error('the edit was not applied');
    }
    return { seconds: (Date.now() - begun) / 1000, lines: documentOf(path).lineCount };
  },
  async lines({ path }) {
    return documentOf(path)?.lineCount;
  },
};

exports.activate = () => {
  watch();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { action, ...input } = JSON.parse(body);
      Promise.resolve()
        .then(() => ACTIONS[action](input))
        .then(
          (result) => response.end(JSON.stringify({ result })),
          (error) => response.end(JSON.stringify({ error: String(error.stack ?? error) })),
        );
    });
  });
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1', () => writeFileSync(process.env.STOPCODE_PULSE, JSON.stringify({ port: server.address().port, pid: process.pid })));
};
