// VS Code without a server, as on vscode.dev: the workbench and the extension are static files, extensions run in a
// Worker of the browser, and the folder that is opened exists only there.

import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { QUIET_SETTINGS } from '../../../scripts/editor/codeServer.mjs';

const TYPES = {
  '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.cjs': 'text/javascript', '.css': 'text/css',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png', '.wasm': 'application/wasm', '.ttf': 'font/ttf',
};
const SCHEME = 'stories';

/**
 * @param {object} options
 * @param {{ vscode: string }} options.editor   from provisionCodeServer()
 * @param {string} options.extension   folder of the unpacked extension
 * @param {Map<string, Buffer | string>} options.files   the folder that is opened: name and content
 * @param {Record<string, unknown>} [options.settings]
 */
export async function startServerless({ editor, extension, files, settings = {} }) {
  const workbench = await patchedWorkbench(editor);
  const requests = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    requests.push(pathname);
    answer(decodeURIComponent(pathname), response).catch((error) => {
      response.writeHead(error.code === 'ENOENT' || error.code === 'EISDIR' ? 404 : 500);
      response.end();
    });
  });

  async function answer(path, response) {
    const send = (type, body) => {
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(body);
    };
    if (path === '/') return send('text/html; charset=utf-8', page());
    if (path === '/vscode/out/vs/code/browser/workbench/workbench.js') return send(TYPES['.js'], workbench);
    if (path === '/provider/package.json') return send(TYPES['.json'], JSON.stringify(providerManifest));
    if (path === '/provider/extension.js') return send(TYPES['.js'], providerSource([...files.keys()], `${origin()}/files/`));
    if (path.startsWith('/files/') && files.has(path.slice(7))) return send('application/octet-stream', files.get(path.slice(7)));
    if (path.startsWith('/vscode/')) return sendFile(editor.vscode, path.slice('/vscode/'.length), response);
    if (path.startsWith('/extension/')) return sendFile(extension, path.slice('/extension/'.length), response);
    response.writeHead(404);
    return response.end();
  }

  const origin = () => `http://127.0.0.1:${server.address().port}`;
  const uri = (path) => ({ scheme: 'http', authority: `127.0.0.1:${server.address().port}`, path });
  function page() {
    const configuration = {
      folderUri: { scheme: SCHEME, path: '/' },
      additionalBuiltinExtensions: [uri('/provider'), uri('/extension')],
      configurationDefaults: { ...QUIET_SETTINGS, ...settings },
      productConfiguration: { enableTelemetry: false },
      isEnabledFileDownloads: false,
      isEnabledFileUploads: false,
      isEnabledCoderGettingStarted: false,
      userDataPath: '/User',
    };
    const attribute = (value) => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    return `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta id="vscode-workbench-web-configuration" data-settings="${attribute(JSON.stringify(configuration))}">
<meta id="vscode-workbench-auth-session" data-settings="">
<link rel="stylesheet" href="/vscode/out/vs/code/browser/workbench/workbench.css">
</head>
<body aria-label=""></body>
<script>
performance.mark('code/didStartRenderer');
globalThis._VSCODE_FILE_ROOT = location.origin + '/vscode/out/';
performance.mark('code/willLoadWorkbenchMain');
</script>
<script type="module" src="/vscode/out/nls.messages.js"></script>
<script type="module" src="/vscode/out/vs/code/browser/workbench/workbench.js"></script>
</html>`;
  }

  await new Promise((ready, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', ready);
  });
  return {
    url: `${origin()}/`,
    requests,
    dispose: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}

async function sendFile(root, path, response) {
  const file = join(root, normalize(path));
  if (!file.startsWith(root + sep)) {
    response.writeHead(403);
    return response.end();
  }
  const { size } = await stat(file);
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-length': size });
  return createReadStream(file).pipe(response);
}

/** The workbench as fetched always talks to its server; these are the two places that make it so. */
async function patchedWorkbench(editor) {
  let source = await readFile(join(editor.vscode, 'out/vs/code/browser/workbench/workbench.js'), 'utf8');
  const replace = (what, pattern, by) => {
    if (!pattern.test(source)) throw new Error(`this workbench is put together differently: no ${what}`);
    source = source.replace(pattern, by);
  };
  replace('remote authority', /remoteAuthority:location\.host/, 'remoteAuthority:void 0');
  replace(
    'user data folder',
    /get userRoamingDataHome\(\)\{return [\w$]+\(([\w$]+)\.file\(this\.userDataPath\)\.with\(\{scheme:([\w$]+)\.vscodeRemote\}\),"User"\)\}/,
    'get userRoamingDataHome(){return $1.file("/User").with({scheme:$2.vscodeUserData})}',
  );
  return source;
}

const providerManifest = {
  name: 'stories-provider',
  publisher: 'test',
  version: '1.0.0',
  engines: { vscode: '^1.91.0' },
  browser: './extension.js',
  activationEvents: [`onFileSystem:${SCHEME}`, '*'],
  capabilities: { virtualWorkspaces: true, untrustedWorkspaces: { supported: true } },
};

/** A read-only file system with one folder, its files fetched from the test's server. */
function providerSource(names, base) {
  return `
const vscode = require('vscode');
const names = ${JSON.stringify(names)};
const base = ${JSON.stringify(base)};
const missing = (uri) => vscode.FileSystemError.FileNotFound(uri);
exports.activate = (context) => {
  const changes = new vscode.EventEmitter();
  const read = async (uri) => {
    const name = uri.path.slice(1);
    if (!names.includes(name)) throw missing(uri);
    return new Uint8Array(await (await fetch(base + encodeURIComponent(name))).arrayBuffer());
  };
  const refuse = (uri) => { throw vscode.FileSystemError.NoPermissions(uri); };
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider('${SCHEME}', {
    onDidChangeFile: changes.event,
    watch: () => new vscode.Disposable(() => {}),
    async stat(uri) {
      if (uri.path === '/' || uri.path === '') return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
      return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: (await read(uri)).byteLength };
    },
    readDirectory: (uri) => (uri.path === '/' ? names.map((name) => [name, vscode.FileType.File]) : refuse(uri)),
    readFile: read,
    createDirectory: refuse, writeFile: refuse, delete: refuse, rename: refuse,
  }, { isReadonly: true, isCaseSensitive: true }));
};
`;
}
