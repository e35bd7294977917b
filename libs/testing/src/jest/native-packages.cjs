const { createRequire, isBuiltin } = require('node:module');
const { isAbsolute, join } = require('node:path');
const { compileFunction, constants } = require('node:vm');
const { default: JestRuntime } = require('jest-runtime');

/** Resolves packages for every folder, because the workspace has one node_modules. */
const requirePackage = createRequire(join(__dirname, 'native-packages.cjs'));

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
    if (name && !options?.isInternalModule && isPackage(name)) return requirePackage(name);
    return super.requireModule(from, name, options, isRequireActual);
  }

  /** Jest would replace `process.getBuiltinModule`, but test files share `process` with packages. */
  installGetBuiltinModule() {}
};

function isPackage(name) {
  if (name.startsWith('.') || isBuiltin(name)) return false;
  return !isAbsolute(name) || name.includes('/node_modules/');
}
