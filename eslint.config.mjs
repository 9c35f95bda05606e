import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const node = Object.fromEntries(
  ['process', 'console', 'Buffer', 'URL', 'URLSearchParams', 'TextDecoder', 'TextEncoder', 'AbortController', 'AbortSignal', 'fetch', 'performance', 'structuredClone',
    'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'globalThis',
    'Response', 'Request', 'Headers', 'ReadableStream', 'WebSocket', 'btoa', 'atob', 'crypto'].map((name) => [name, 'readonly']),
);
/** Functions that scripts hand to a page to run there. */
const page = Object.fromEntries(['document', 'window', 'navigator', 'location', 'localStorage', 'getComputedStyle', 'requestAnimationFrame', 'MutationObserver'].map((name) => [name, 'readonly']));

/** Rules of ESLint itself that find mistakes; the compiler finds the others in TypeScript. */
const CORE_RULES = Object.fromEntries(
  ['constructor-super', 'for-direction', 'getter-return', 'no-async-promise-executor', 'no-case-declarations', 'no-class-assign', 'no-compare-neg-zero',
    'no-cond-assign', 'no-const-assign', 'no-constant-binary-expression', 'no-debugger', 'no-delete-var', 'no-dupe-args', 'no-dupe-class-members',
    'no-dupe-else-if', 'no-dupe-keys', 'no-duplicate-case', 'no-empty-character-class', 'no-empty-pattern', 'no-empty-static-block', 'no-ex-assign',
    'no-extra-boolean-cast', 'no-fallthrough', 'no-func-assign', 'no-import-assign', 'no-invalid-regexp', 'no-irregular-whitespace',
    'no-loss-of-precision', 'no-misleading-character-class', 'no-new-native-nonconstructor', 'no-obj-calls', 'no-octal', 'no-prototype-builtins',
    'no-regex-spaces', 'no-self-assign', 'no-setter-return', 'no-shadow-restricted-names', 'no-sparse-arrays', 'no-this-before-super',
    'no-unexpected-multiline', 'no-unreachable', 'no-unsafe-finally', 'no-unsafe-negation', 'no-unsafe-optional-chaining', 'no-unused-labels',
    'no-unused-private-class-members', 'no-useless-backreference', 'no-useless-catch', 'no-useless-escape', 'no-var', 'no-with', 'prefer-const',
    'require-yield', 'use-isnan', 'valid-typeof', 'eqeqeq'].map((rule) => [rule, 'error']),
);

export default defineConfig(
  { ignores: ['dist/', 'out/', 'node_modules/', '.cache/', '.vscode-test/', 'coverage/', 'test/corpus/', '**/samples/', 'server/wasm/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { rules: CORE_RULES },
  {
    files: ['**/*.{ts,mts}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-console': 'error',
      // Numbers in texts read well as they are.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      // It asks for `!`, which `no-non-null-assertion` forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // `#list<T>(table)` names the shape of data at the call, where it is known.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // `a === undefined || a.b !== c` says which of the two cases is meant.
      '@typescript-eslint/prefer-optional-chain': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Index signatures are facts by name; the compiler wants brackets there.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true }],
      // `while (true)` is how a scanner reads.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true, boolean: true } }],
    },
  },
  {
    // What the compiler cannot forbid in the core: globals of the language that make a result depend on the moment.
    files: ['server/src/{analysis,features}/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'require', 'console', 'setTimeout', 'setInterval', 'queueMicrotask', 'performance'],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }, { object: 'Date', property: 'now' }],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-console': 'off',
      // A test that finds nothing there fails all the same.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    files: ['**/*.{mjs,cjs,js}'],
    languageOptions: { ecmaVersion: 2024, globals: { ...node, ...page } },
    rules: {
      'no-undef': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true }],
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { ...node, require: 'readonly', module: 'writable', exports: 'writable', __dirname: 'readonly', __filename: 'readonly' } },
  },
  {
    // Compiled on its own, by Vitest.
    files: ['vitest.config.mts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false, project: false } },
  },
);
