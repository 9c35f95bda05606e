import { defineConfig } from 'vitest/config';
import { issueValidatorForTests } from './scripts/issueValidator.mjs';
import { sweepWasmForTests } from './scripts/sweepWasm.mjs';

export default defineConfig({
  plugins: [issueValidatorForTests(), sweepWasmForTests()],
  test: { include: ['test/**/*.test.ts'], testTimeout: 30_000, pool: 'threads' },
});
