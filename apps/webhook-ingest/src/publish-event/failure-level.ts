import { ContractAbsentError, ContractMismatchError } from '@gatehouse/messaging';

/**
 * Level at which to log a failed publish. Debug for a stream that is missing or cannot be used: readiness names the
 * stream, and `JetStream` logs it once.
 */
export function failureLevel(error: unknown): 'debug' | 'warn' {
  return error instanceof ContractAbsentError || error instanceof ContractMismatchError ? 'debug' : 'warn';
}
