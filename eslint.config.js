// What the page's own JavaScript is held to, and the tests of it; `make page` runs it.

import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';

export default defineConfig([
  globalIgnores(['**/vendor/', '.venv/', 'work/', 'runs/', 'build/', 'dist/']),
  js.configs.recommended,
  {
    files: ['**/*.js'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'array-callback-return': ['error', { checkForEach: false }],
      'consistent-return': 'error',
      'default-case-last': 'error',
      eqeqeq: 'error',
      'no-duplicate-imports': 'error',
      'no-else-return': 'error',
      'no-implicit-coercion': ['error', { boolean: false, number: false }],
      'no-implied-eval': 'error',
      'no-new-wrappers': 'error',
      'no-self-compare': 'error',
      'no-shadow': 'error',
      'no-template-curly-in-string': 'error',
      'no-throw-literal': 'error',
      'no-unmodified-loop-condition': 'error',
      'no-unused-expressions': ['error', { allowShortCircuit: true }],
      'no-use-before-define': ['error', { functions: false, classes: false, variables: false }],
      'no-useless-rename': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
      radix: 'error',
      'sort-imports': ['error', { ignoreDeclarationSort: true, ignoreCase: true }],
    },
  },
  { files: ['src/senga/web/page/*.js'], languageOptions: { globals: globals.browser } },
  { files: ['tests/web/*.js', 'eslint.config.js'], languageOptions: { globals: globals.node } },
]);
