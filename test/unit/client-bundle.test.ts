import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

async function bundle(entry: string, platform: 'node' | 'browser') {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root, entryPoints: [entry], bundle: true, minify: true, write: false, metafile: true, platform, format: 'cjs', external: ['vscode'],
    mainFields: platform === 'node' ? ['module', 'main'] : ['browser', 'module', 'main'], logLevel: 'silent',
  });
  return { inputs: Object.keys(metafile.inputs), size: outputFiles[0]!.contents.length };
}

describe('what the editor loads', () => {
  it('with the first text file: a small file without the language client', async () => {
    const { inputs, size } = await bundle('client/src/node/main.ts', 'node');
    expect(inputs.filter((path) => path.includes('node_modules') || path.endsWith('session.ts'))).toEqual([]);
    expect(size).toBeLessThan(24 * 1024);
  });

  it('in a browser: one file that needs nothing of Node', async () => {
    const { inputs, size } = await bundle('client/src/browser/main.ts', 'browser');
    expect(inputs).toContain('client/src/browser/session.ts');
    expect(inputs.filter((path) => path.startsWith('client/src/node/'))).toEqual([]);
    expect(size).toBeLessThan(600 * 1024);
  });

  it('nothing of the server: the two talk by protocol only', async () => {
    for (const [entry, platform] of [['client/src/node/session.ts', 'node'], ['client/src/browser/main.ts', 'browser']] as const) {
      expect((await bundle(entry, platform)).inputs.filter((path) => path.startsWith('server/'))).toEqual([]);
    }
  });
});
