import { scrub, scrubValue } from './scrub';

/** Where {@link logAuthStep} writes. */
export type AuthLog = (line: string, data?: unknown) => void;

/**
 * Logs a step of a sign-in for developers. Tokens, API keys, cookies and codes are replaced, of phone numbers and e-mail
 * addresses the last two digits or the domain remain. Names of steps are yours.
 * @param log default: `console.debug`
 * @example logAuthStep('send-code', 'asked Clerk for an SMS', { phoneNumber }) // …{ phoneNumber: '••••10' }
 */
export function logAuthStep(step: string, message: string, data?: unknown, log: AuthLog = consoleLog): void {
  const line = `[auth] ${scrub(step)}: ${scrub(message)}`;
  if (data === undefined) log(line);
  else log(line, scrubValue(data));
}

function consoleLog(...args: Parameters<AuthLog>): void {
  // eslint-disable-next-line no-console -- this is what the function is for
  console.debug(...args);
}
