import type { LoggerService, LogLevel } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { errorFields } from './error-fields';
import { currentLogFields } from './log-context';
import { BatchedOutput } from './batched-output';

/** How a service logs. */
export interface LoggerOptions {
  readonly service: string;
  readonly level: string;
}

/** Whatever an object logged by mistake may hold under these names is replaced, at the top and one level down. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'jwt',
  'otp_code',
  '["x-api-key"]',
  '["svix-signature"]',
];

/** A pino logger: JSON lines on standard output with the service's name and the correlation id of what is handled. */
export function createLogger(
  { service, level }: LoggerOptions,
  destination: DestinationStream = standardOutput(),
): Logger {
  const options = {
    level,
    base: { service },
    messageKey: 'message',
    timestamp: () => `,"time":"${isoTime(Date.now())}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => currentLogFields() ?? NO_FIELDS,
    mixinMergeStrategy: (line: object, context: object) => ('correlationId' in line ? line : { ...context, ...line }),
    serializers: { err: (error: unknown) => errorFields(error) },
    redact: {
      paths: SECRET_FIELDS.flatMap((name) => (name.startsWith('[') ? [name, `*${name}`] : [name, `*.${name}`])),
      censor: '[redacted]',
    },
  };
  return pino(options, destination);
}

const NO_FIELDS = {};

let output: DestinationStream | undefined;

/**
 * Standard output, without pino's thread: handing it each line costs several times as much as writing it, and has no
 * bound when nobody reads. A reader that stalls holds the service up.
 */
function standardOutput(): DestinationStream {
  if (output === undefined) {
    const stream = pino.destination({ dest: 1, sync: true });
    // A full disk, for one: a service that cannot log goes on.
    stream.on('error', () => undefined);
    output = new BatchedOutput(stream);
  }
  return output;
}

let second = Number.NaN;
let secondText = '';

/** As `Date.toISOString`, which is made anew once a second only. */
function isoTime(now: number): string {
  const millis = now % 1_000;
  if (now - millis !== second) {
    second = now - millis;
    secondText = new Date(second).toISOString().slice(0, -4);
  }
  return `${secondText}${String(millis).padStart(3, '0')}Z`;
}

/** Nest's own messages, through the same pino logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  setLogLevels(_levels: LogLevel[]): void {
    // The level comes from LOG_LEVEL alone.
  }

  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    // Nest narrates its boot (modules, routes) at `log`; operators asked for it only when debugging.
    const quiet = context === NEST_FAILURE || (level === 'info' && context !== undefined && NEST_BOOT.has(context));
    const error = message instanceof Error ? message : rest.find((part) => part instanceof Error);
    const stack = error === undefined && level === 'error' && rest.length > 1 ? rest[0] : undefined;
    this.logger[quiet ? 'debug' : level](
      {
        ...(context === undefined ? {} : { context }),
        ...(error === undefined ? {} : { err: error }),
        ...(typeof stack === 'string' ? { stack } : {}),
      },
      message instanceof Error ? message.message : String(message),
    );
  }
}

/** Nest logs an error of its boot with a stack before it rethrows it; `runService` reports the same error in one line. */
const NEST_FAILURE = 'ExceptionHandler';

const NEST_BOOT = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestMicroservice',
  'NestApplication',
]);
