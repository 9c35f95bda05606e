import { defineConfig } from 'vitest/config';
import { issueValidatorForTests } from './scripts/issueValidator.mjs';

export default defineConfig({
  plugins: [issueValidatorForTests()],
  test: { include: ['test/**/*.test.ts'], testTimeout: 30_000, pool: 'threads' },
});
