import { types } from 'node:util';

const MAX_DEPTH = 5;

/**
 * Fields of an error for the log: type, message, stack, code, status and causes. Drops all other properties, because
 * they can hold personal data: database errors carry statement parameters, and HTTP errors carry requests.
 */
export function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error || types.isNativeError(error))) return { type: typeof error };
  const { code, status, cause, errors } = error as Error & Record<'code' | 'status' | 'errors', unknown>;
  const inner = depth < MAX_DEPTH;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof status === 'string' || typeof status === 'number' ? { status } : {}),
    ...(cause !== undefined && inner ? { cause: errorFields(cause, depth + 1) } : {}),
    ...(Array.isArray(errors) && inner
      ? { errors: errors.slice(0, MAX_DEPTH).map((one) => errorFields(one, depth + 1)) }
      : {}),
  };
}
