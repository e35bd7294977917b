/** Injection token of the `StreamKeeperConfig`. */
export const CONFIG = Symbol('StreamKeeperConfig');

/** Name of this service in NATS and logs. */
export const SERVICE_NAME = 'stream-keeper';
