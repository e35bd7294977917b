export { logRequests, requestId } from './http-logging';
export { letGoAtShutdown } from './let-go';
export { acceptableCorrelationId, currentLogFields, withLogContext, type LogFields } from './log-context';
export { NestLogger, createLogger, type LoggerOptions } from './logger';
export { ObservabilityModule, type ObservabilityOptions } from './observability.module';
export { OpsServer } from './ops-server';
export { type ReadinessCheck } from './readiness-check';
export { runService } from './run-service';
export { LOGGER, METRICS } from './tokens';
