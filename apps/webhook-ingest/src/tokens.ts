/** Injection token of the service's `Config`. */
export const CONFIG = Symbol('Config');

/** Under which name NATS, PostgreSQL and the logs know this service. */
export const SERVICE_NAME = 'webhook-ingest';
