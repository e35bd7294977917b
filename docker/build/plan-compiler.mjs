// node plan-compiler.mjs <workspace> <folder>: writes package.json and lock file of the compilers alone, with what the pages
// of the console bundle, so that an image does not have to install every tool of the workspace.
import { workspaceVersions, writeLockedPackage } from './lock-file.mjs';

const [root, folder] = process.argv.slice(2);
const compilers = ['@swc/cli', '@swc/core', 'vite'];
const bundled = [
  ...['@tanstack/react-query', '@tanstack/react-router', '@tanstack/react-virtual', 'react', 'react-dom'],
  // Of the client.
  ...['eventsource-parser', 'openapi-fetch'],
];
const dependencies = workspaceVersions([...compilers, ...bundled], root)('devDependencies');
const manifest = {
  name: 'compiler',
  version: '0.0.0',
  private: true,
  dependencies,
};
writeLockedPackage(manifest, root, folder);
