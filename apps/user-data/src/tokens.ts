/** Injection token of the `UserDataConfig`. */
export const CONFIG = Symbol('Config');

/** Injection token of the data source of the worker, whose statements cross users. */
export const WORKER_DATA_SOURCE = Symbol('WorkerDataSource');

/** Name of this service in NATS, PostgreSQL and logs. */
export const SERVICE_NAME = 'user-data';
