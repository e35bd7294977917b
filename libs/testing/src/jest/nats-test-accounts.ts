import { type NatsAccount } from '@gatehouse/contracts';
import { natsAccountCount } from '../test-environment';

/** One account for each Jest worker, with JetStream and one user who may do everything in it. */
export function natsTestAccounts(password: string): NatsAccount[] {
  const numbers = Array.from({ length: natsAccountCount }, (_, index) => index + 1);
  return numbers.map((number) => ({
    name: `TEST${number}`,
    jetStream: true,
    users: [{ user: `test${number}`, password }],
    exports: [],
    imports: [],
  }));
}
