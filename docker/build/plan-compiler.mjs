// node plan-compiler.mjs <workspace> <folder>: writes package.json and lock file of the compiler alone, so that an image
// does not have to install every tool of the workspace.
import { workspaceVersions, writeLockedPackage } from './lock-file.mjs';

const [root, folder] = process.argv.slice(2);
const dependencies = workspaceVersions(['@swc/cli', '@swc/core'], root)('devDependencies');
const manifest = {
  name: 'compiler',
  version: '0.0.0',
  private: true,
  dependencies,
};
writeLockedPackage(manifest, root, folder);
