import { localServerError } from '@gatehouse/local-stack';

/** Another `npm start` uses the same state directory. */
export class AlreadyRunningError extends localServerError(
  'ALREADY_RUNNING',
  (pid: number) =>
    `npm start is already running in this folder (process ${pid}): use that one, or stop it with Ctrl-C first.`,
) {}

/** The emulator rejected a request of `npm start`. */
export class EmulatorRefusedError extends localServerError('EMULATOR_REFUSED') {}

/** A signal interrupted the start. */
export class StartInterruptedError extends localServerError(
  'START_INTERRUPTED',
  'Stopped before everything had started.',
) {}

/**
 * Variables have values that are not allowed. The message has one line for each, without values, and names the settings
 * that make `npm start` use the caller's own Clerk.
 */
export class EnvironmentError extends localServerError(
  'ENVIRONMENT_INVALID',
  (faults: readonly string[], clerkSettings: readonly string[]) => {
    const lines =
      faults.length === 1
        ? [`${faults[0]}.`]
        : [`Nothing was started: the environment has ${faults.length} faults.`, ...faults.map((fault) => `  ${fault}`)];
    if (clerkSettings.length > 0) {
      lines.push(`Your own Clerk is used because of ${clerkSettings.join(', ')}; without them the emulator runs.`);
    }
    return lines.join('\n');
  },
) {}

/** The data in the state directory belongs to another Clerk. */
export class OtherClerkError extends localServerError(
  'OTHER_CLERK',
  (stateDirectory: string, emulated: boolean) =>
    `The data in ${stateDirectory} belongs to ${emulated ? 'the Clerk emulator' : 'another Clerk instance'}: ` +
    'set GATEHOUSE_STATE_DIR to another folder, so that their users are not mixed.',
) {}
