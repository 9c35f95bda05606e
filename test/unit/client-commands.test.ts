import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExtensionContext, Memento } from 'vscode';
import { activateWith, type Activation } from '../../client/src/common/activation.js';
import { Dismissals, withDismissals } from '../../client/src/common/dismissals.js';
import type { Session } from '../../client/src/common/session.js';
import * as fake from '../support/fakeVscode.js';

vi.mock('vscode', async () => await import('../support/fakeVscode.js'));

class Memory {
  readonly kept = new Map<string, unknown>();
  get(key: string): unknown { return this.kept.get(key); }
  update(key: string, value: unknown): Promise<void> { this.kept.set(key, value); return Promise.resolve(); }
}

let memory: Memory;
let sessions: { started: number; restarted: number; disposed: number; found: string[] }[];
let activation: Activation;

function activate(start: () => Promise<void> = () => Promise.resolve()): void {
  activation = activateWith({ subscriptions: [], workspaceState: memory } as unknown as ExtensionContext, () => {
    const session = { started: 0, restarted: 0, disposed: 0, found: [] as string[] };
    sessions.push(session);
    const made: Session = {
      start: () => { session.started += 1; return start(); },
      found: (document) => session.found.push(document.uri.toString()),
      lost: () => undefined,
      restart: () => { session.restarted += 1; return Promise.resolve(); },
      dispose: () => { session.disposed += 1; return Promise.resolve(); },
    };
    return made;
  });
}

const run = (name: string, argument?: unknown): Promise<unknown> => Promise.resolve(fake.registered.get(name)!(argument));
const document = (name: string, text: string, languageId = 'log') => {
  const lines = text.split('\n');
  return { uri: fake.Uri.parse(`file:///${name}`), languageId, version: 1, isClosed: false, lineCount: lines.length, lineAt: (line: number) => ({ text: lines[line]! }) };
};
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

beforeEach(() => {
  fake.reset();
  memory = new Memory();
  sessions = [];
});

describe('activation', () => {
  it('reads nothing and starts nothing by itself', async () => {
    let reads = 0;
    const log = document('a.log', 'an ordinary line');
    fake.workspace.textDocuments = [{ ...log, lineAt: () => { reads += 1; return { text: '' }; } }];
    activate();
    expect(reads).toBe(0);
    await settle();
    expect(reads).toBeGreaterThan(0);
    expect(sessions).toEqual([]);
    expect(fake.heard('channel')).toEqual([]);
  });

  it('starts one session for the documents that need it', async () => {
    fake.workspace.textDocuments = [document('a.log', 'DRIVER_POWER_STATE_FAILURE (9f)'), document('b.log', 'KVM internal error. Suberror: 1')];
    activate();
    await settle();
    expect(sessions).toMatchObject([{ started: 1 }]);
    fake.events.open.fire(document('c', '', 'crashlog'));
    expect(sessions[0]!.found).toContain('file:///c');
    await activation.dispose();
    expect(sessions[0]!.disposed).toBe(1);
  });

  it('says plainly when the server does not start', async () => {
    fake.workspace.textDocuments = [document('c', '', 'crashlog')];
    activate(() => Promise.reject(new Error('no such file')));
    await settle();
    expect(fake.heard('errorMessage')).toEqual(['Stopcode could not start its language server: no such file']);
  });

  it('a restart loads the session again where that failed before', async () => {
    fake.workspace.textDocuments = [document('c', '', 'crashlog')];
    let loads = 0;
    const restarted: string[] = [];
    activation = activateWith({ subscriptions: [], workspaceState: memory } as unknown as ExtensionContext, () => {
      loads += 1;
      if (loads === 1) throw new Error('no such file');
      const nothing = (): Promise<void> => Promise.resolve();
      return { start: nothing, found: () => undefined, lost: () => undefined, restart: () => { restarted.push('yes'); return nothing(); }, dispose: nothing };
    });
    await settle();
    expect(loads).toBe(1);
    await run('stopcode.restartServer');
    expect({ loads, restarted }).toEqual({ loads: 2, restarted: ['yes'] });
  });

  it('restarts the server on request', async () => {
    activate();
    await run('stopcode.restartServer');
    expect(sessions).toMatchObject([{ restarted: 1 }]);
  });
});

describe('commands behind code actions', () => {
  beforeEach(() => activate());

  it('opens https addresses', async () => {
    await run('stopcode.openLink', 'https://bugzilla.redhat.com/show_bug.cgi?id=1387054');
    expect(fake.heard('openExternal')).toEqual(['https://bugzilla.redhat.com/show_bug.cgi?id=1387054']);
  });

  it.each(['http://example.com', 'file:///etc/passwd', 'command:workbench.action.quit', 'https://', 'https://a b', 'javascript:alert(1)', undefined, 7, {}])('opens nothing else: %j', async (address) => {
    await run('stopcode.openLink', address);
    expect(fake.heard('openExternal')).toEqual([]);
    expect(fake.heard('warning')).toHaveLength(1);
  });

  it('copies text and says so briefly', async () => {
    await run('stopcode.copyText', 'a\nb');
    await run('stopcode.copyText', { no: 'text' });
    expect(fake.heard('clipboard')).toEqual(['a\nb']);
    expect(fake.heard('status')).toHaveLength(1);
  });

  it('shows an explanation as Markdown where the editor can', async () => {
    fake.commands.available = ['markdown.showPreviewToSide'];
    await run('stopcode.showExplanation', { markdown: '# Why', text: 'Why' });
    const [shown] = fake.heard('markdown.showPreviewToSide') as string[];
    const [{ scheme, provider }] = fake.heard('provider') as [{ scheme: string; provider: { provideTextDocumentContent(uri: fake.Uri): string } }];
    expect(scheme).toBe('stopcode');
    expect(provider.provideTextDocumentContent(fake.Uri.parse(shown!))).toBe('# Why');
  });

  it('and as text where it cannot', async () => {
    await run('stopcode.showExplanation', { markdown: '# Why', text: 'Why' });
    expect(fake.heard('show document')).toHaveLength(1);
    expect(fake.heard('language')).toEqual(['plaintext']);
    await run('stopcode.showExplanation', 'nonsense');
    expect(fake.heard('show document')).toHaveLength(1);
  });

  it('opens a new known issue unsaved where it belongs, and nothing over a file that exists', async () => {
    const folder = fake.Uri.parse('file:///w');
    fake.workspace.workspaceFolders = [{ uri: folder }];
    await run('stopcode.createIssue', { uri: 'file:///a.log', id: 'driver-0xd1', json: '{}\n' });
    expect(fake.heard('edit')).toEqual([[{ uri: 'untitled:///w/.stopcode/issues/driver-0xd1.json', text: '{}\n' }]]);
    fake.workspace.existing.add('file:///w/.stopcode/issues/driver-0xd1.json');
    await run('stopcode.createIssue', { uri: 'file:///a.log', id: 'driver-0xd1', json: '{}\n' });
    expect(fake.heard('edit')).toHaveLength(1);
    expect(fake.heard('show document')).toHaveLength(2);
  });

  it('asks for the folder of a new known issue where there are several and the log lies in none', async () => {
    const [one, two] = [{ uri: fake.Uri.parse('file:///one') }, { uri: fake.Uri.parse('file:///two') }];
    fake.workspace.workspaceFolders = [one, two];
    const issue = (uri: string): unknown => ({ uri, id: 'x', json: '{}', sample: { path: 'samples/x.txt', first: 3, end: 9 } });
    const written = (): unknown[] => fake.heard('edit').flat().map((insert) => (insert as { uri: string }).uri);
    await run('stopcode.createIssue', issue('file:///two/logs/a.log'));
    expect(written()).toEqual(['untitled:///two/.stopcode/issues/x.json']);
    fake.answers.push(one);
    await run('stopcode.createIssue', issue('file:///elsewhere/a.log'));
    expect(written()).toEqual(['untitled:///two/.stopcode/issues/x.json', 'untitled:///one/.stopcode/issues/x.json']);
    // Nothing was picked.
    await run('stopcode.createIssue', issue('file:///elsewhere/a.log'));
    expect([written().length, fake.heard('folderPick').length]).toEqual([2, 2]);
  });

  it('keeps the lines of the crash as the sample of a new known issue', async () => {
    fake.workspace.workspaceFolders = [{ uri: fake.Uri.parse('file:///w') }];
    fake.workspace.textDocuments = [{ ...document('a.log', ''), validateRange: (range: fake.Range) => range, getText: (range: fake.Range) => `lines ${range.first} to ${range.end}` }];
    await run('stopcode.createIssue', { uri: 'file:///a.log', id: 'x', json: '{}', sample: { path: 'samples/x.txt', first: 3, end: 9 } });
    expect(fake.heard('edit').flat()).toContainEqual({ uri: 'untitled:///w/.stopcode/issues/samples/x.txt', text: 'lines 3 to 9' });
  });

  it.each(['../../x', 'a/b', '', '.hidden', 'x'.repeat(200)])('refuses a file name that leads elsewhere: %j', async (id) => {
    fake.workspace.workspaceFolders = [{ uri: fake.Uri.parse('file:///w') }];
    await run('stopcode.createIssue', { uri: 'file:///a.log', id, json: '{}' });
    expect(fake.heard('show document')).toEqual([]);
  });

  it('sets the language only when asked to', async () => {
    fake.window.activeTextEditor = { document: document('a.log', '') };
    await run('stopcode.treatAsCrashLog');
    expect(fake.heard('language')).toEqual(['crashlog']);
  });
});

describe('dismissing', () => {
  const argument = { issueId: 'esxi/hpsa-rescan', title: 'hpsa', uri: 'file:///a.log', signature: '1:abc' };
  const first = (value: unknown): unknown => (value as { items: unknown[] }).items[0];
  beforeEach(() => activate());

  it('asks for a reason and whether it holds for this crash only', async () => {
    fake.answers.push(first, first);
    await run('stopcode.dismiss', argument);
    expect(memory.kept.get('stopcode.dismissed')).toEqual([{ issue: 'esxi/hpsa-rescan', title: 'hpsa', reason: 'Not the cause of this crash', signature: '1:abc' }]);
  });

  it('takes a reason in words, for every crash', async () => {
    fake.answers.push((value: unknown) => (value as { items: unknown[] }).items.at(-1), ' bad cable ', (value: unknown) => (value as { items: unknown[] }).items.at(-1));
    await run('stopcode.dismiss', argument);
    expect(memory.kept.get('stopcode.dismissed')).toEqual([{ issue: 'esxi/hpsa-rescan', title: 'hpsa', reason: 'bad cable' }]);
  });

  it('does nothing when a question is not answered', async () => {
    await run('stopcode.dismiss', argument);
    fake.answers.push(first);
    await run('stopcode.dismiss', argument);
    await run('stopcode.dismiss', { title: 'no id' });
    expect(memory.kept.size).toBe(0);
  });

  it('is undone by restoring', async () => {
    fake.answers.push(first, first);
    await run('stopcode.dismiss', argument);
    fake.answers.push((value: unknown) => (value as { items: unknown[] }).items);
    await run('stopcode.restoreDismissed');
    expect(memory.kept.get('stopcode.dismissed')).toBeUndefined();
    await run('stopcode.restoreDismissed');
    expect(fake.heard('information')).toEqual(['No known issue is dismissed in this workspace.']);
  });

  it('reaches the server with the settings', async () => {
    const dismissals = new Dismissals(memory as unknown as Memento);
    let changes = 0;
    dismissals.onDidChange(() => { changes += 1; });
    await dismissals.add({ issue: 'a', reason: 'one' });
    await dismissals.add({ issue: 'a', reason: 'two' });
    expect(changes).toBe(2);
    expect(withDismissals({ detect: 'on', dismissed: [{ issue: 'b' }] }, dismissals.all)).toEqual({ detect: 'on', dismissed: [{ issue: 'b' }, { issue: 'a', reason: 'two' }] });
    expect(withDismissals(null, [])).toEqual({ dismissed: [] });
  });
});
