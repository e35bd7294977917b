import { randomUUID } from 'node:crypto';

/** Id of a new user. */
export function newUserId(): string {
  return randomUUID();
}
