// Runs the fetched VS Code workbench (code-server) on a loopback port, with everything it writes in a
// temporary folder: home, user data, extensions. Nothing of the user's own VS Code is read or changed.

import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, normalize, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EditorUnavailable } from './provision.mjs';

/** Turns off what is not about the file on screen: welcome pages, chat, git, updates, hints. */
export const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'extensions.ignoreRecommendations': true,
  'extensions.autoCheckUpdates': false,
  'update.showReleaseNotes': false,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
};

/**
 * @param {object} options
 * @param {{ node: string, entry: string }} options.editor   from provisionCodeServer()
 * @param {{ root?: string, vsix?: string }} [options.extension]   an unpacked extension or a package
 * @param {string[]} [options.beside]   more unpacked extensions, run beside it
 * @param {Record<string, unknown>} [options.settings]   user settings, added to QUIET_SETTINGS
 * @param {number} [options.port]   default: a free one
 * @param {string[]} [options.args]   more command-line options of code-server
 */
export async function startCodeServer({ editor, extension, beside = [], settings = {}, port, args = [] }) {
  const home = await mkdtemp(join(tmpdir(), 'stopcode-editor-'));
  const userData = join(home, 'data');
  const extensions = join(home, 'extensions');
  const settingsFile = join(userData, 'User', 'settings.json');
  await mkdir(dirname(settingsFile), { recursive: true });
  await mkdir(extensions, { recursive: true });

  let child;
  let output = '';
  let disposed = false;
  const killGroup = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      /* gone */
    }
  };
  const onExit = () => killGroup('SIGKILL');
  const dispose = async () => {
    if (disposed) return;
    disposed = true;
    if (child) {
      killGroup('SIGTERM');
      for (let waited = 0; groupIsAlive(child.pid) && waited < 3000; waited += 50) await delay(50);
      killGroup('SIGKILL');
      process.removeListener('exit', onExit);
    }
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }).catch(() => {});
  };

  try {
    const environment = serverEnvironment(home);
    const common = [
      '--user-data-dir', userData, '--extensions-dir', extensions, '--config', join(home, 'config.yaml'),
    ];
    await writeFile(settingsFile, `${JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2)}\n`);
    await writeFile(join(home, 'config.yaml'), 'auth: none\n');

    if (extension?.root) await copyExtension(extension.root, extensions);
    for (const folder of beside) await copyExtension(folder, extensions);
    if (extension?.vsix) await installPackage({ editor, vsix: extension.vsix, common, environment });

    const chosen = await freePort(port);
    child = spawn(
      editor.node,
      [
        editor.entry, '--bind-addr', `127.0.0.1:${chosen}`, '--auth', 'none',
        '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust',
        '--disable-getting-started-override', '--disable-proxy', '--ignore-last-opened',
        ...common, ...args,
      ],
      { env: environment, cwd: home, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    );
    const collect = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    let ended;
    child.on('error', (error) => {
      ended = error.message;
    });
    child.on('exit', (code, signal) => {
      ended ??= `it ended with ${signal ?? `status ${code}`}`;
    });
    process.once('exit', onExit);

    const origin = `http://127.0.0.1:${chosen}`;
    const deadline = Date.now() + 60_000;
    for (;;) {
      if (ended !== undefined) throw new EditorUnavailable(`VS Code for the browser did not start: ${ended}`, output.trim());
      const answer = await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
      if (answer?.status === 200) break;
      if (Date.now() > deadline) throw new EditorUnavailable(`VS Code for the browser did not answer on ${origin} within a minute`, output.trim());
      await delay(50);
    }

    return {
      url: origin,
      port: chosen,
      home,
      userData,
      logs: () => join(userData, 'logs'),
      output: () => output,
      /** The address that shows a folder, with files opened in it: `[file]` or `[[file, line]]`. */
      address(folder, files = []) {
        const parts = folder ? [`folder=${encodeURI(folder)}`] : [];
        const payload = files.map((file) => ['openFile', `vscode-remote://127.0.0.1:${chosen}${encodeURI(file)}`]);
        if (payload.length > 0) parts.push(`payload=${encodeURIComponent(JSON.stringify(payload))}`);
        return `${origin}/${parts.length > 0 ? `?${parts.join('&')}` : ''}`;
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Copies what an installed extension consists of: its manifest, what the manifest refers to, and the usual folders. */
async function copyExtension(root, extensions) {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const target = join(extensions, `${manifest.publisher}.${manifest.name}-${manifest.version}`);
  const wanted = new Set(['dist', 'syntaxes', 'snippets', 'l10n', 'media', 'themes', 'walkthroughs']);
  for (const name of await readdir(root)) {
    if (/^(package(\.nls.*)?\.json|.*language-configuration.*\.json|LICENSE.*|README\.md|CHANGELOG\.md)$/i.test(name)) wanted.add(name);
  }
  const visit = (value) => {
    if (typeof value === 'string') {
      if (/^\.\/[^*]+$/.test(value)) wanted.add(normalize(value));
    } else if (value && typeof value === 'object') Object.values(value).forEach(visit);
  };
  visit([manifest.contributes, manifest.icon && `./${manifest.icon}`, manifest.main, manifest.browser, manifest.l10n]);
  await mkdir(target, { recursive: true });
  for (const name of wanted) {
    if (name.startsWith(`..${sep}`)) continue;
    const from = join(root, name);
    if (!(await stat(from).catch(() => undefined))) continue;
    await cp(from, join(target, name), {
      recursive: true,
      filter: (path) => !path.endsWith('.vsix') && !path.includes(`${sep}node_modules${sep}`),
    });
  }
  return target;
}

function installPackage({ editor, vsix, common, environment }) {
  return new Promise((resolve, reject) => {
    const child = spawn(editor.node, [editor.entry, ...common, '--install-extension', vsix], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new EditorUnavailable(`could not install ${vsix} (status ${code})`, output.trim()));
    });
  });
}

function serverEnvironment(home) {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|XDG_|PASSWORD$|HASHED_PASSWORD$|CODE_SERVER)/i.test(name)),
  );
  return {
    ...environment,
    HOME: home,
    // An address that leads nowhere: nothing is looked up in an extension gallery.
    EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: 'http://127.0.0.1:9/none', itemUrl: '', resourceUrlTemplate: '' }),
  };
}

function freePort(wanted = 0) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.unref();
    probe.once('error', (error) =>
      reject(new EditorUnavailable(error.code === 'EADDRINUSE' ? `port ${wanted} is in use` : `cannot listen on port ${wanted}: ${error.message}`)),
    );
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function groupIsAlive(pid) {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}
