import { type NatsIdentity } from '@gatehouse/contracts';

/** Name and password of one NATS user. */
export interface NatsCredentials {
  readonly user: NatsIdentity;
  readonly password: string | undefined;
}

/** The variable that holds the password of a NATS user, e.g. NATS_PASSWORD_USER_SYNC, when the server is the caller's. */
export function natsPasswordVariable(identity: NatsIdentity): string {
  return `NATS_PASSWORD_${identity.toUpperCase().replaceAll('-', '_')}`;
}
