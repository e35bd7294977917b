import { type ServiceName, inboxPrefix, natsRights, serviceNames } from './services';

/** What a NATS user may do, in nats-server's terms. */
export interface NatsPermissions {
  readonly publish: { readonly allow: readonly string[] };
  readonly subscribe: { readonly allow: readonly string[] };
  /** Whether the user may answer the requests that it receives, each of them once. */
  readonly allowResponses: boolean;
}

/** By service: exactly the subjects that it needs. `npm start`, the tests and the deployment use this table. */
export const natsPermissions = Object.fromEntries(
  serviceNames.map((service) => [service, permissionsOf(service)]),
) as Record<ServiceName, NatsPermissions>;

function permissionsOf(service: ServiceName): NatsPermissions {
  const { publish, subscribe, answers } = natsRights(service);
  const requests = answers ? [`${service}.>`] : [];
  return {
    publish: { allow: publish },
    subscribe: { allow: [...requests, `${inboxPrefix(service)}.>`, ...subscribe] },
    allowResponses: answers,
  };
}
