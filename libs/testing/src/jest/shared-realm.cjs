const { LegacyFakeTimers, ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');
const { isOfPackage } = require('./package-listeners.cjs');

/** Globals of Jest and TypeORM that belong to one test file: by name, or by the description of their symbol. */
const OF_ONE_FILE = new Set([
  'EVENT_HANDLERS',
  'JEST_STATE_SYMBOL',
  'LOG_ERRORS_BEFORE_RETRY',
  'RETRY_IMMEDIATELY',
  'RETRY_TIMES',
  'TEST_TIMEOUT_SYMBOL',
  'WAIT_BEFORE_RETRY',
  'typeormMetadataArgsStorage',
]);

/**
 * Test environment without a realm of its own: with one, `instanceof Error` would be false for errors of packages, which
 * Node loads. At the end of a test file, restores what the file may have changed in its worker: the environment
 * variables, listeners of the process, the console, timers and the globals of Jest. Its spies end with Jest's runtime.
 */
module.exports = class SharedRealmEnvironment {
  global = globalThis;
  #variables = { ...process.env };
  #exit = process.exit;
  #console = globalThis.console;
  #listeners = new Map(process.eventNames().map((event) => [event, process.rawListeners(event)]));

  constructor({ projectConfig: config }) {
    const timerConfig = { idToRef: (timer) => timer, refToId: (timer) => timer };
    this.moduleMocker = new ModuleMocker(globalThis);
    const { moduleMocker } = this;
    this.fakeTimers = new LegacyFakeTimers({ config, global: globalThis, moduleMocker, timerConfig });
    this.fakeTimersModern = new ModernFakeTimers({ config, global: globalThis });
  }

  async setup() {}

  async teardown() {
    this.fakeTimers.dispose();
    this.fakeTimersModern.dispose();
    process.exit = this.#exit;
    process.exitCode = undefined;
    globalThis.console = this.#console;
    this.#restoreVariables();
    this.#removeListeners();
    for (const key of Reflect.ownKeys(globalThis)) {
      if (OF_ONE_FILE.has(typeof key === 'symbol' ? key.description : key)) delete globalThis[key];
    }
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return globalThis;
  }

  #restoreVariables() {
    for (const name of Object.keys(process.env)) if (!(name in this.#variables)) delete process.env[name];
    Object.assign(process.env, this.#variables);
  }

  #removeListeners() {
    for (const event of process.eventNames()) {
      const kept = this.#listeners.get(event) ?? [];
      for (const listener of process.rawListeners(event)) {
        if (!kept.includes(listener) && !isOfPackage(listener)) process.removeListener(event, listener);
      }
    }
  }
};
