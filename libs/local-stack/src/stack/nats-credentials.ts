import { type NatsIdentity } from '@gatehouse/contracts';

/** Name and password of one NATS user. */
export interface NatsCredentials {
  readonly user: NatsIdentity;
  readonly password: string | undefined;
}
