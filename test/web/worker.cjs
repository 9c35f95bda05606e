// The globals of a Web Worker, as far as the server uses them, on a worker thread of Node. What else Node has is taken
// away first, so that a bundle that leans on Node fails here as it would in a browser.
const { parentPort, workerData } = require('node:worker_threads');
const { readFileSync } = require('node:fs');
const vm = require('node:vm');

const code = readFileSync(workerData.bundle, 'utf8');
const listeners = [];
globalThis.self = globalThis;
globalThis.postMessage = (message) => parentPort.postMessage(message);
globalThis.addEventListener = (type, listener) => { if (type === 'message') listeners.push(listener); };
parentPort.on('message', (data) => {
  globalThis.onmessage?.({ data });
  for (const listener of listeners) listener({ data });
});
for (const name of ['process', 'Buffer', 'require', 'module', 'exports', 'setImmediate', 'clearImmediate', 'global']) delete globalThis[name];
vm.runInThisContext(code, { filename: 'server.js' });
