import type { LoggerService, LogLevel } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { errorFields } from './error-fields';
import { currentLogFields } from './log-context';
import { BatchedOutput } from './batched-output';

/** Options of the logger of a service. */
export interface LoggerOptions {
  readonly service: string;
  readonly level: string;
}

/**
 * Fields of a log line whose values are redacted, at the top level and one level below, in case code logs a whole
 * object by mistake.
 */
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

/** Creates a pino logger: JSON lines on standard output with the name of the service and the fields of the log context. */
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
 * Standard output without pino's worker thread. Passing a line to the thread costs several times as much as writing it,
 * and the thread's queue has no limit if nobody reads the output. The price of writing directly: if the reader of the
 * output stalls, the service blocks.
 */
function standardOutput(): DestinationStream {
  if (output === undefined) {
    const stream = pino.destination({ dest: 1, sync: true });
    // A service that cannot log, for example on a full disk, continues.
    stream.on('error', () => undefined);
    output = new BatchedOutput(stream);
  }
  return output;
}

let second = Number.NaN;
let secondText = '';

/** Like `Date.toISOString`, but formats the part up to the second only once per second. */
function isoTime(now: number): string {
  const millis = now % 1_000;
  if (now - millis !== second) {
    second = now - millis;
    secondText = new Date(second).toISOString().slice(0, -4);
  }
  return `${secondText}${String(millis).padStart(3, '0')}Z`;
}

/** Writes Nest's own messages to the pino logger. */
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
    // LOG_LEVEL sets the level.
  }

  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    // When a service starts, Nest logs each module and route at `info`. Operators need these lines only when debugging.
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

/**
 * Context of the lines in which Nest logs why a start failed. These lines are written at debug level only: Nest
 * rethrows the error, and `runService` reports it in one line.
 */
const NEST_FAILURE = 'ExceptionHandler';

const NEST_BOOT = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestMicroservice',
  'NestApplication',
]);
