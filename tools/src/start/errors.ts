import { LocalServerError } from '@gatehouse/testing';

/** Another `npm start` works on the same state directory. */
export class AlreadyRunningError extends LocalServerError {
  readonly code = 'ALREADY_RUNNING';

  constructor(pid: number) {
    super(`npm start is already running in this folder (process ${pid}): use that one, or stop it with Ctrl-C first.`);
  }
}

/** The emulator did not do what was asked of it. */
export class EmulatorRefusedError extends LocalServerError {
  readonly code = 'EMULATOR_REFUSED';
}

/** A signal asked for the end while everything was still being started. */
export class StartInterruptedError extends LocalServerError {
  readonly code = 'START_INTERRUPTED';

  constructor() {
    super('Stopped before everything had started.');
  }
}
