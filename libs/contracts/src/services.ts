import {
  type BusRights,
  answersRequests,
  gatewayRights,
  ingestRights,
  streamKeeperRights,
  userDataRights,
  userSyncRights,
} from './bus-rights';

/** One service: a row of {@link services}. Configuration, NATS users, `npm start` and the tests use that table. */
export interface ServiceRow {
  /**
   * Names the ports of the service under `npm start` and in tests, and the variables that set them. For example,
   * `userSync` gives the port name `userSyncOps` (see `opsPort`) and the variable GATEHOUSE_USER_SYNC_OPS_PORT.
   */
  readonly shortName: string;
  /** Default port of the HTTP server for clients; absent in a service that only NATS reaches. */
  readonly port?: number;
  /** Default port of /healthz, /readyz and /metrics. */
  readonly opsPort: number;
  /** Name of its database; absent in a service without one. */
  readonly database?: string;
  /**
   * Role of a second login to that database, for statements that cross users: row-level security restricts every other
   * statement to the rows of one user. Migrations name this role in their policies. A login of another name must be its
   * member. Absent in a service whose database has no such role.
   */
  readonly workerRole?: string;
  /** What the service may do on the bus; by default it only answers requests. */
  readonly rights?: BusRights;
}

/** Every service. The key is its name in NATS, PostgreSQL and logs, and its folder in apps/. */
export const services = {
  'api-gateway': { shortName: 'gateway', port: 8080, opsPort: 9000, rights: gatewayRights },
  'webhook-ingest': { shortName: 'ingest', port: 8081, opsPort: 9001, database: 'ingest', rights: ingestRights },
  'user-sync': { shortName: 'userSync', opsPort: 9002, database: 'users', rights: userSyncRights },
  'user-data': {
    shortName: 'userData',
    opsPort: 9003,
    database: 'data',
    workerRole: 'gatehouse_data_worker',
    rights: userDataRights,
  },
  'stream-keeper': { shortName: 'streamKeeper', opsPort: 9004, rights: streamKeeperRights },
} as const satisfies Record<string, ServiceRow>;

/** The type of {@link services}, with literal types. */
export type Services = typeof services;

/** Name of a service: a key of {@link services}. */
export type ServiceName = keyof Services;

/** Name of a database of a service. */
export type DatabaseName = Extract<Services[ServiceName], { database: string }>['database'];

/** The names of all services, in the order of the table. */
export const serviceNames = Object.keys(services) as readonly ServiceName[];

/** The row of a service. */
export function serviceRow(service: ServiceName): ServiceRow {
  return services[service];
}

/** What a service may do on the bus. */
export function busRights(service: ServiceName): BusRights {
  return serviceRow(service).rights ?? answersRequests;
}

/**
 * Prefix of the subjects on which a service receives replies. Each service has its own, so that it cannot read replies
 * to another service.
 */
export function inboxPrefix(service: ServiceName): string {
  return `_INBOX.${service}`;
}

/** Prefix of the names of a service's metrics, such as `gatehouse_user_sync`. */
export function metricPrefix(service: ServiceName): string {
  return `gatehouse_${serviceRow(service).shortName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}
