const { createRequire, isBuiltin } = require('node:module');
const { dirname, isAbsolute } = require('node:path');
const { compileFunction, constants } = require('node:vm');
const { default: JestRuntime } = require('jest-runtime');
const { loadPackage } = require('./package-listeners.cjs');

/** Node's `require`, by the folder of the file that calls it. */
const requires = new Map();

/**
 * Jest's module loader, except that Node loads packages, once for each worker, as it does in production. Jest would
 * load NestJS, TypeORM and the others again for each test file, which takes a second or two of processor time. Jest
 * still loads our own files anew for each test file. Needs the test environment `shared-realm.cjs`.
 */
module.exports = class NativePackagesRuntime extends JestRuntime {
  constructor(...options) {
    super(...options);
    const { executor } = this;
    if (typeof executor?.compile !== 'function')
      throw new TypeError('This version of Jest has no executor.compile to replace: adapt native-packages.cjs.');
    executor.compile = (source, filename) =>
      compileFunction(source, executor.injectedModuleParameters, {
        filename,
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      });
  }

  requireModule(from, name, options, isRequireActual) {
    if (name && !options?.isInternalModule && isPackage(name)) return loadPackage(() => requireFrom(from)(name));
    return super.requireModule(from, name, options, isRequireActual);
  }

  /** Jest would replace `process.getBuiltinModule`, but test files share `process` with packages. */
  installGetBuiltinModule() {}
};

function requireFrom(file) {
  const folder = dirname(file);
  const found = requires.get(folder) ?? createRequire(file);
  requires.set(folder, found);
  return found;
}

function isPackage(name) {
  if (name.startsWith('.') || isBuiltin(name)) return false;
  return !isAbsolute(name) || name.includes('/node_modules/');
}
