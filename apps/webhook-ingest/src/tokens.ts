/** Injection token of the service's `WebhookIngestConfig`. */
export const CONFIG = Symbol('WebhookIngestConfig');

/** Name of this service in NATS, PostgreSQL and the logs. */
export const SERVICE_NAME = 'webhook-ingest';
