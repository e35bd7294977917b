import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** A lib may import what stands in its row, and nothing else; apps may import every lib, never each other. */
const boundaries = [
  { sourceTag: 'type:lifecycle', onlyDependOnLibsWithTags: [], allowedExternalImports: [] },
  { sourceTag: 'type:node-version', onlyDependOnLibsWithTags: [], allowedExternalImports: [] },
  { sourceTag: 'type:errors', onlyDependOnLibsWithTags: [], allowedExternalImports: [] },
  {
    sourceTag: 'type:contracts',
    onlyDependOnLibsWithTags: ['type:contracts', 'type:errors'],
    allowedExternalImports: ['zod'],
  },
  {
    sourceTag: 'type:config',
    onlyDependOnLibsWithTags: ['type:config', 'type:errors'],
    allowedExternalImports: ['zod'],
  },
  {
    sourceTag: 'type:http-edge',
    // No Nest and no Fastify: it is what a request costs at least.
    onlyDependOnLibsWithTags: ['type:contracts', 'type:errors'],
    allowedExternalImports: ['pino'],
  },
  {
    sourceTag: 'type:observability',
    onlyDependOnLibsWithTags: ['type:config', 'type:contracts', 'type:errors', 'type:observability'],
  },
  { sourceTag: 'type:auth', onlyDependOnLibsWithTags: ['type:contracts', 'type:errors', 'type:observability'] },
  {
    sourceTag: 'type:adapter',
    onlyDependOnLibsWithTags: [
      'type:config',
      'type:contracts',
      'type:errors',
      'type:lifecycle',
      'type:observability',
      'type:local-stack',
      'type:testing',
    ],
  },
  {
    sourceTag: 'type:follow',
    // Other people's services use it. It ships with the types of nats-core and the errors alone; see below.
    onlyDependOnLibsWithTags: ['type:contracts', 'type:errors', 'type:local-stack', 'type:testing'],
  },
  {
    sourceTag: 'type:client',
    // Other people's pages, apps and servers use it. It bundles the errors and the parser of phone numbers.
    onlyDependOnLibsWithTags: ['type:errors', 'type:phone-number', 'type:local-stack', 'type:testing'],
  },
  {
    sourceTag: 'type:react',
    // Other people's pages use it. It depends on the client.
    onlyDependOnLibsWithTags: ['type:client', 'type:errors', 'type:local-stack', 'type:testing'],
  },
  { sourceTag: 'type:phone-number', onlyDependOnLibsWithTags: [], allowedExternalImports: ['libphonenumber-js'] },
  // Other people's services use it. It bundles the errors alone.
  { sourceTag: 'type:verify', onlyDependOnLibsWithTags: ['type:errors'], allowedExternalImports: ['jose'] },
  // Other people's services use it. It bundles verify and the errors.
  { sourceTag: 'type:nest', onlyDependOnLibsWithTags: ['type:errors', 'type:verify'] },
  {
    sourceTag: 'type:relay',
    onlyDependOnLibsWithTags: [
      'type:adapter',
      'type:config',
      'type:contracts',
      'type:errors',
      'type:observability',
      'type:local-stack',
      'type:testing',
    ],
  },
  { sourceTag: 'type:local-stack', onlyDependOnLibsWithTags: ['type:contracts', 'type:errors'] },
  {
    sourceTag: 'type:testing',
    onlyDependOnLibsWithTags: ['type:contracts', 'type:errors', 'type:lifecycle', 'type:local-stack'],
  },
  {
    sourceTag: 'type:app',
    onlyDependOnLibsWithTags: [
      'type:node-version',
      'type:errors',
      'type:contracts',
      'type:lifecycle',
      'type:config',
      'type:http-edge',
      'type:observability',
      'type:auth',
      'type:adapter',
      'type:relay',
      'type:follow',
      'type:phone-number',
      'type:local-stack',
      'type:testing',
    ],
  },
  {
    sourceTag: 'type:cli',
    onlyDependOnLibsWithTags: ['type:client', 'type:errors', 'type:local-stack', 'type:testing'],
  },
  { sourceTag: 'type:console', onlyDependOnLibsWithTags: ['type:client', 'type:errors'] },
  { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['*'] },
  { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['*'] },
];

export default tseslint.config(
  {
    ignores: [
      '**/dist',
      '**/.next',
      '**/next-env.d.ts',
      '.gatehouse',
      '.nx',
      '**/node_modules',
      '**/jest.config.cjs',
      'jest.preset.js',
      'libs/client/src/generated',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { allow: [], depConstraints: boundaries, enforceBuildableLibDependency: false },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-console': 'error',
    },
  },
  {
    name: 'the apply benchmark measures the very function that user-sync applies with',
    files: ['bench/src/*apply.ts'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { allow: ['^../../apps/user-sync/src/.+'], depConstraints: boundaries, enforceBuildableLibDependency: false },
      ],
    },
  },
  {
    name: 'examples of the client run against the stack of a test',
    files: ['e2e/client/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { allow: ['^../../examples/.+'], depConstraints: boundaries, enforceBuildableLibDependency: false },
      ],
    },
  },
  {
    name: 'errors carry a code; the environment is read only in config.ts; what ships imports neither local servers nor the test kit',
    files: ['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'],
    ignores: ['**/*.spec.ts', 'libs/local-stack/**', 'libs/testing/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: '@gatehouse/testing', message: 'Test code only.' },
            { name: '@gatehouse/local-stack', message: 'Only npm start, tools and tests run local servers.' },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ThrowStatement > NewExpression[callee.name="Error"]',
          message: 'Throw a class of errors.ts, with a code.',
        },
        { selector: 'ExportAllDeclaration', message: 'Name what a barrel exports.' },
        {
          selector: 'MemberExpression[object.name="process"][property.name="env"]',
          message: 'Read the environment in apps/*/src/config.ts alone.',
        },
        {
          selector: 'CallExpression[callee.object.name="z"][callee.property.name="uuid"]',
          message: 'Use uuidSchema of contracts: ids are read in lower case.',
        },
      ],
    },
  },
  {
    name: 'a package for other people has no dependency but what it bundles and the types of its peer',
    files: ['libs/follow/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': 'off',
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(?!\\.|node:|@gatehouse/errors$|@nats-io/nats-core$)', message: 'The package stands alone.' },
            { regex: '^@nats-io/nats-core$', allowTypeImports: true, message: 'Import types of the peer alone.' },
          ],
        },
      ],
    },
  },
  {
    name: 'the package for services behind the gate imports jose, and of ours the errors alone',
    files: ['libs/verify/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!\\.|jose$|@gatehouse/errors$)', message: 'The package stands alone.' }] },
      ],
    },
  },
  {
    name: 'the package for Nest services imports its peers, and of ours what it bundles',
    files: ['libs/nest/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\.|node:http$|@nestjs/(common|core)$|@gatehouse/(errors|verify)$)',
              message: 'The package stands alone.',
            },
          ],
        },
      ],
    },
  },
  {
    name: 'the client stands alone, and needs neither Node nor a DOM',
    files: ['libs/client/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\.|openapi-fetch$|eventsource-parser$|@gatehouse/(errors|phone-number)$)',
              message: 'The package stands alone.',
            },
          ],
        },
      ],
    },
  },
  {
    name: 'the package for React imports React, its cache and the client',
    files: ['libs/react/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\.|react$|@tanstack/react-query$|@gatehouse/client(/live)?$)',
              message: 'The package stands alone.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['apps/*/src/config.ts', 'apps/*/src/**/*.spec.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    name: 'lifecycle is pure: no clock, no randomness, no input or output',
    files: ['libs/lifecycle/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        'Date',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'queueMicrotask',
        'fetch',
        'process',
        'crypto',
        'performance',
        'console',
        'require',
      ],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
      'no-restricted-imports': ['error', { patterns: [{ regex: '^(?!\\./)', message: 'lifecycle imports nothing.' }] }],
    },
  },
  {
    files: [
      '**/*.spec.ts',
      'libs/local-stack/**/*.ts',
      'libs/testing/**/*.ts',
      'e2e/**/*.ts',
      'tools/src/verify-k8s/breaks/*.ts',
    ],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    name: 'an example that is compiled alone, against the tarball that it installs',
    files: ['examples/behind-the-gate/*.ts', 'examples/nextjs/**/*.{ts,tsx}', 'examples/web/src/*.{ts,tsx}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { '@nx/enforce-module-boundaries': 'off', 'no-console': 'off' },
  },
  {
    files: ['tools/**/*.ts', 'examples/*/main.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        require: 'readonly',
        module: 'writable',
        __dirname: 'readonly',
      },
    },
  },
  prettier,
);
