import { type NatsUser } from '@gatehouse/local-stack';
import { natsAccounts } from '../test-environment';

/** One account for each Jest worker, with one user who may do everything in it. */
export function natsTestAccounts(password: string): Record<string, NatsUser[]> {
  const numbers = Array.from({ length: natsAccounts }, (_, index) => index + 1);
  return Object.fromEntries(numbers.map((number) => [`TEST${number}`, [{ user: `test${number}`, password }]]));
}
