// The configuration of npm run lint. For a few files, eslint.config.mjs is faster: it reads only their projects.
import config from './eslint.config.mjs';

export default [
  ...config,
  {
    name: 'all projects are one program, so that the types of a library are computed once',
    files: ['**/*.ts'],
    // Other compiler options.
    ignores: ['apps/console/**', 'examples/**'],
    languageOptions: { parserOptions: { projectService: false, project: './tsconfig.json' } },
  },
];
