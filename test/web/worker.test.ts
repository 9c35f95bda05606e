/** The browser's build of the server, in a worker. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { built } from '../protocol/support/build.js';
import { Client, startProcess, type Message } from '../protocol/support/client.js';
import { STORVSC } from '../protocol/support/logs.js';
import { replay } from '../protocol/support/transcript.js';

const running: { stop(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const client of running.splice(0)) await client.stop();
});

function startWorker(): Client {
  const worker = new Worker(join(import.meta.dirname, 'worker.cjs'), { workerData: { bundle: built(join('web', 'server.js')) } });
  const client = new Client((message) => worker.postMessage(message));
  worker.on('message', (message) => client.receive(message as Message));
  client.stop = async () => { await worker.terminate(); };
  running.push(client);
  return client;
}

it('answers in a worker what the program answers over standard streams', async () => {
  const program = startProcess();
  running.push(program);
  expect(await replay(startWorker())).toEqual(await replay(program));
});

it('takes the knowledge of the user from its client', async () => {
  const client = startWorker();
  await client.initialize({ folders: ['vscode-vfs://github/owner/logs'] });
  const uri = 'vscode-vfs://github/owner/logs/a.dmp.txt';
  client.open(uri, STORVSC);
  expect((await client.diagnostics(uri)).map((diagnostic) => diagnostic.code)).toContain('KB2636573');
  const issue = {
    id: 'own/storvsc', title: 'Our storage team knows this one', when: { all: [{ fact: 'bugcheck.code', is: '0xd1' }] },
    articles: [{ kind: 'article', id: 'WIKI-17', title: 'storvsc', url: 'https://wiki.example/17' }], matches: ['samples/a.txt'],
  };
  const file = (path: string, text: string): unknown => ({ path, uri: `vscode-vfs://github/owner/logs/${path}`, text });
  client.notify('stopcode/knowledgeFiles', { files: [file('.stopcode/issues/storvsc.json', JSON.stringify(issue)), file('.stopcode/issues/samples/a.txt', STORVSC)] });
  await client.message(({ method, params }) => method === 'textDocument/publishDiagnostics' && JSON.stringify(params).includes('WIKI-17'));
});
