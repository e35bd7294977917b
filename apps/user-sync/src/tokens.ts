/** Injection token of the `UserSyncConfig`. */
export const CONFIG = Symbol('UserSyncConfig');

/** Name of this service in NATS, PostgreSQL and logs. */
export const SERVICE_NAME = 'user-sync';
