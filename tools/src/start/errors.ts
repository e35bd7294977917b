import { LocalServerError } from '@gatehouse/local-stack';

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

/** Variables do not hold what they should; the message has one line for each, without values. */
export class EnvironmentError extends LocalServerError {
  readonly code = 'ENVIRONMENT_INVALID';

  /** @param clerkSettings those that make `npm start` use the caller's own Clerk */
  constructor(
    readonly faults: readonly string[],
    clerkSettings: readonly string[] = [],
  ) {
    const lines =
      faults.length === 1
        ? [`${faults[0]}.`]
        : [`Nothing was started: the environment has ${faults.length} faults.`, ...faults.map((fault) => `  ${fault}`)];
    if (clerkSettings.length > 0) {
      lines.push(`Your own Clerk is used because of ${clerkSettings.join(', ')}; without them the emulator runs.`);
    }
    super(lines.join('\n'));
  }
}

/** The data in the state directory belongs to another Clerk than the one that is asked for. */
export class OtherClerkError extends LocalServerError {
  readonly code = 'OTHER_CLERK';

  constructor(stateDirectory: string, emulated: boolean) {
    super(
      `The data in ${stateDirectory} belongs to ${emulated ? 'the Clerk emulator' : 'another Clerk instance'}: ` +
        'set GATEHOUSE_STATE_DIR to another folder, so that their users are not mixed.',
    );
  }
}
