/** Injection token of the service's pino `Logger`. */
export const LOGGER = Symbol('Logger');

/** Injection token of the service's prom-client `Registry`. */
export const METRICS = Symbol('Metrics');
