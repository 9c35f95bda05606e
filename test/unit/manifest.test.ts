import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { LEGEND } from '../../server/src/features/tokenStyles.js';
import { DEFAULTS, readSettings } from '../../server/src/lsp/settings.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const json = (path: string): unknown => JSON.parse(read(path));

interface Language { id: string; extensions?: string[]; filenames?: string[]; filenamePatterns?: string[]; firstLine?: string; configuration?: string; aliases?: string[] }
interface Setting { type: string; default: unknown; enum?: string[]; enumDescriptions?: string[]; markdownDescription?: string; description?: string }
interface Manifest {
  main: string; browser: string; icon: string; engines: { vscode: string }; activationEvents: string[];
  capabilities: { untrustedWorkspaces: { supported: unknown; restrictedConfigurations: string[] }; virtualWorkspaces: unknown };
  contributes: {
    languages: Language[]; grammars: { language: string; scopeName: string; path: string }[]; snippets: { language: string; path: string }[];
    jsonValidation: { fileMatch: string[]; url: string }[]; commands: { command: string; title: string; category: string }[];
    menus: Record<string, { command: string }[]>; configuration: { properties: Record<string, Setting> };
    configurationDefaults: Record<string, Record<string, unknown>>; semanticTokenScopes: { language: string; scopes: Record<string, string[]> }[];
  };
}
const manifest = json('package.json') as Manifest;
const { contributes } = manifest;
const settings = contributes.configuration.properties;
const clientSource = readdirSync(join(root, 'client/src'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => read(`client/src/${name}`)).join('\n');
const crashlog = contributes.languages.find((language) => language.id === 'crashlog')!;

describe('the manifest', () => {
  it('names only files that exist', () => {
    const paths = [
      manifest.icon, ...contributes.languages.flatMap((language) => language.configuration ?? []), ...contributes.grammars.map((item) => item.path),
      ...contributes.snippets.map((item) => item.path), ...contributes.jsonValidation.map((item) => item.url),
    ];
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect([manifest.main, manifest.browser]).toEqual(['./dist/client.js', './dist/web/client.js']);
  });

  it('has a text for every placeholder, and no text too many', () => {
    const used = [...read('package.json').matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]);
    expect([...new Set(used)].sort()).toEqual(Object.keys(json('package.nls.json') as object).sort());
  });

  it('wakes for logs and text files, never for everything', () => {
    expect(manifest.activationEvents).toEqual(['onLanguage:crashlog', 'onLanguage:log', 'onLanguage:plaintext']);
  });

  it('works in workspaces that are not trusted and in virtual ones', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    expect([untrustedWorkspaces.supported, virtualWorkspaces]).toEqual(['limited', true]);
    // Whatever names a place outside of the workspace.
    expect(untrustedWorkspaces.restrictedConfigurations).toEqual(Object.keys(settings).filter((name) => /folder|path|file/i.test(name)));
  });

  it('has an icon of 128 by 128', () => {
    const icon = readFileSync(join(root, manifest.icon));
    expect([icon.toString('latin1', 1, 4), icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual(['PNG', 128, 128]);
  });
});

describe('commands', () => {
  it('each one is registered by the client, in the category of the product', () => {
    for (const { command, category } of contributes.commands) {
      expect([command, clientSource.includes(`'${command}':`), category]).toEqual([command, true, 'Stopcode']);
    }
  });

  it('each one in a menu is contributed', () => {
    const known = contributes.commands.map((item) => item.command);
    expect(Object.values(contributes.menus).flat().filter((item) => !known.includes(item.command))).toEqual([]);
  });

  it('each one that the server may name is registered', () => {
    const named = /SERVER_FACING_COMMANDS = \[([^\]]+)\]/.exec(clientSource)![1]!.match(/stopcode\.\w+/g)!;
    expect(named).toHaveLength(5);
    expect(named.filter((name) => !clientSource.includes(`'${name}':`))).toEqual([]);
  });
});

describe('settings', () => {
  it.each(Object.entries(settings))('%s is described and has a default of its type', (name, setting) => {
    expect(name.startsWith('stopcode.')).toBe(true);
    expect(setting.markdownDescription).toMatch(/^%.+%$/);
    expect(Array.isArray(setting.default) ? 'array' : typeof setting.default).toBe(setting.type);
    expect(setting.enumDescriptions?.length).toBe(setting.enum?.length);
    if (setting.enum) expect(setting.enum).toContain(setting.default);
  });

  /** A value that differs from the default. */
  const OTHER: Readonly<Record<string, unknown>> = {
    'diagnostics.enabled': false, 'diagnostics.notes': false, 'inlayHints.enabled': false, minimumCertainty: 'exact', 'hover.sources': false, 'knowledge.folders': ['x'], 'knowledge.builtinIssues': false, dismissed: [{ issue: 'x' }],
  };
  const CLIENT_ONLY = ['detect', 'trace.server'];

  it('the server and the client read each of them, and the defaults agree', () => {
    const names = Object.keys(settings).map((name) => name.slice('stopcode.'.length));
    expect(names.sort()).toEqual([...Object.keys(OTHER), ...CLIENT_ONLY].sort());
    const nested = (values: Readonly<Record<string, unknown>>): object => {
      const section: Record<string, Record<string, unknown>> = {};
      for (const [name, value] of Object.entries(values)) {
        const [head, tail] = name.split('.') as [string, string | undefined];
        if (tail === undefined) section[head] = value as Record<string, unknown>;
        else (section[head] ??= {})[tail] = value;
      }
      return section;
    };
    const defaults = Object.fromEntries(Object.entries(settings).map(([name, { default: value }]) => [name.slice('stopcode.'.length), value]));
    expect(readSettings(nested(defaults))).toEqual(DEFAULTS);
    for (const [name, value] of Object.entries(OTHER)) expect([name, readSettings(nested({ [name]: value }))]).not.toEqual([name, DEFAULTS]);
    for (const name of CLIENT_ONLY) expect(clientSource).toContain(`'${name}'`);
  });
});

/** As the editor matches patterns: on the whole path where there is a slash in it, else on the name; case does not count. */
function matches(pattern: string, path: string): boolean {
  const source = pattern.toLowerCase().replace(/\*\*\/|[.*]|[^.*]/g, (piece) => (piece === '**/' ? '(?:.*/)?' : piece === '*' ? '[^/]*' : piece === '.' ? '\\.' : piece));
  return new RegExp(`^${source}$`).test(pattern.includes('/') ? path.toLowerCase() : path.toLowerCase().replace(/.*\//, ''));
}
const isCrashLog = (path: string): boolean => crashlog.filenamePatterns!.some((pattern) => matches(pattern, path));

describe('the language of crash logs', () => {
  it.each([
    '/var/log/vmkernel.log', '/x/vmkernel.0.log', '/x/vmkernel.log.1', '/x/vmkwarning.log', '/var/log/libvirt/qemu/web1.log', '/var/log/libvirt/qemu/web1.log.2',
    '/var/log/libvirt/libvirtd.log', '/var/log/libvirt/virtqemud.log', '/x/MEMORY.DMP.txt', '/x/mini0101.dmp-text', '/x/session.windbg', '/x/a.bugcheck.txt', '/x/host.psod', '/x/vmkernel-log.1',
  ])('takes %s', (path) => expect(isCrashLog(path)).toBe(true));

  it.each(['/x/server.log', '/x/notes.txt', '/x/qemu/web1.log', '/x/vmkernel.txt', '/x/log', '/x/vmkernel.log.gz', '/x/memory.dmp', '/x/dmp.txt.bak'])('leaves %s alone', (path) => expect(isCrashLog(path)).toBe(false));

  it('takes no extension and no language of others', () => {
    expect(crashlog).not.toHaveProperty('extensions');
    expect(crashlog).not.toHaveProperty('filenames');
    expect(crashlog.aliases).toEqual(['Crash Log', 'crashlog']);
    // jsonc gets file names only.
    expect(contributes.languages.map((language) => language.id)).toEqual(['crashlog', 'jsonc']);
    expect(contributes.grammars.map((grammar) => [grammar.language, grammar.scopeName])).toEqual([['crashlog', 'text.crashlog']]);
  });

  it('is told by the first line where the name says nothing', () => {
    const firstLine = new RegExp(crashlog.firstLine!);
    for (const line of ['Microsoft (R) Windows Debugger Version 10.0.22621.1 AMD64', '*** STOP: 0x0000007E', 'Loading Dump File [C:\\x.dmp]', 'VMware ESXi 6.0.0 [Releasebuild-1 x86_64]', '*'.repeat(79), '2015-06-07 08:09:10.111+0000: starting up libvirt version: 4.5.0']) expect([line, firstLine.test(line)]).toEqual([line, true]);
    for (const line of ['', '#!/bin/sh', '2015-06-07 08:09:10 started', '****', 'VMware tools']) expect([line, firstLine.test(line)]).toEqual([line, false]);
  });

  it('keeps logs as they are, and shows the colours of the server', () => {
    const defaults = contributes.configurationDefaults['[crashlog]']!;
    expect(Object.keys(contributes.configurationDefaults)).toEqual(['[crashlog]']);
    expect(defaults).toMatchObject({ 'editor.semanticHighlighting.enabled': true, 'editor.wordWrap': 'off', 'files.trimTrailingWhitespace': false, 'files.insertFinalNewline': false });
    expect(defaults).not.toHaveProperty(['editor.largeFileOptimizations']);
  });

  it('has a configuration that reads', () => {
    const errors: never[] = [];
    const configuration = parse(read('language-configuration.json'), errors) as { wordPattern: string };
    expect(errors).toEqual([]);
    const word = new RegExp(configuration.wordPattern, 'g');
    expect('fffff800`016442a3 nt!KeBugCheckEx+0x104'.match(word)).toEqual(['fffff800`016442a3', 'nt', 'KeBugCheckEx', '0x104']);
  });

  it('maps every token type of the server to scopes that themes have', () => {
    expect(contributes.semanticTokenScopes.map((item) => item.language)).toEqual(['crashlog', 'log', 'plaintext']);
    for (const { scopes } of contributes.semanticTokenScopes) expect(LEGEND.tokenTypes.filter((type) => !(type in scopes))).toEqual([]);
  });
});

describe('snippets', () => {
  type Snippets = Record<string, { prefix: string[]; description: string; body: string[] }>;
  const files = [...new Set(contributes.snippets.map((item) => item.path))];

  /** The text a snippet leaves when every placeholder keeps its first value. */
  function expanded(body: readonly string[]): string {
    let text = body.join('\n').replace(/\$\{\d+\|([^,|}]+)[^}]*\|\}/g, '$1').replace(/\$0|\$\{0:([^}]*)\}/g, '$1');
    text = text.replace(/\$\{TM_FILENAME_BASE:([^}]*)\}/g, '$1').replace(/\$CURRENT_(?:YEAR|MONTH|DATE)/g, '11');
    return text.replace(/\$\{\d+:([^}]*)\}/g, '$1');
  }

  it.each(files)('%s holds snippets that the editor takes', (path) => {
    for (const snippet of Object.values(json(path) as Snippets)) {
      expect(snippet.prefix.length).toBeGreaterThan(0);
      expect(snippet.description).not.toBe('');
      expect(expanded(snippet.body)).not.toMatch(/\$/);
    }
  });

  it('every file of the folder is contributed', () => {
    expect(readdirSync(join(root, 'snippets')).map((name) => `./snippets/${name}`).sort()).toEqual([...files].sort());
  });

  it('the skeleton of a known issue fits the schema', () => {
    const [snippet] = Object.values(json('snippets/known-issue.json') as Snippets);
    const validate = new Ajv({ allErrors: true, strict: false }).compile(json('server/knowledge/schema/issue.schema.json') as object);
    const issue = JSON.parse(expanded(snippet!.body)) as Record<string, unknown>;
    validate(issue);
    expect(validate.errors ?? []).toEqual([]);
    delete issue['articles'];
    expect(validate(issue)).toBe(false);
  });

  it('the summary and the libvirt block are offered where they are written', () => {
    const offered = contributes.snippets.map((item) => `${item.language} ${item.path}`);
    expect(offered).toEqual(expect.arrayContaining(['markdown ./snippets/crashlog.json', 'plaintext ./snippets/crashlog.json', 'xml ./snippets/libvirt.json', 'jsonc ./snippets/known-issue.json']));
    expect(expanded(Object.values(json('snippets/libvirt.json') as Snippets)[0]!.body)).toMatch(/<hyperv>[^]*<relaxed state='on'\/>[^]*<\/hyperv>/);
  });

  it('known-issue files of a workspace get the schema', () => {
    const [validation] = contributes.jsonValidation;
    expect(validation).toMatchObject({ url: './server/knowledge/schema/issue.schema.json' });
    expect(validation!.fileMatch[0]).toBe('**/.stopcode/issues/**/*.json');
  });
});
