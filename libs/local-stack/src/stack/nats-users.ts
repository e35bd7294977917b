import { natsPermissions, serviceNames, type ServiceName } from '@gatehouse/contracts';
import { type NatsUser } from '../nats/nats-config';

/** One NATS user for each service, named like it, with exactly the permissions of production. */
export function natsUsers(passwordOf: (service: ServiceName) => string): NatsUser[] {
  return serviceNames.map((service) => {
    const { publish, subscribe, allowResponses } = natsPermissions[service];
    return { user: service, password: passwordOf(service), permissions: { publish, subscribe }, allowResponses };
  });
}
