import { type Logger } from 'pino';
import { type Exchange } from './exchange';
import { type Upgrade } from './upgrade';

/** Status in the log of a request whose client left before the response began, as in nginx. */
const CLIENT_GONE = 499;
/** Minimum time between two log lines about dropped connections; milliseconds. */
const DROPPED_EVERY_MS = 60_000;

/** Writes one log line per request. Never logs headers, bodies or query strings. */
export class RequestLog {
  private readonly log: Logger;
  private droppedAtMs = Number.NEGATIVE_INFINITY;

  constructor(logger: Logger) {
    // These fields hold no secrets, and redaction would take longer than writing the line.
    this.log = logger.child({}, { redact: [] });
  }

  /** Logs a request whose response is complete or whose client is gone. */
  ended(exchange: Exchange): void {
    const { response } = exchange;
    const status = response.headersSent ? response.statusCode : CLIENT_GONE;
    this.write(exchange, status, response.writableFinished);
  }

  /** Logs a connection that was upgraded, after it has ended. */
  upgraded(upgrade: Upgrade): void {
    this.write(upgrade, upgrade.status, true);
  }

  /** Logs why new connections are closed; at most once a minute. */
  droppedConnection(reason: string, limit: number): void {
    const now = performance.now();
    if (now - this.droppedAtMs < DROPPED_EVERY_MS) return;
    this.droppedAtMs = now;
    this.log.warn({ limit }, `${reason}: new ones are closed`);
  }

  private write(arrival: Exchange | Upgrade, status: number, complete: boolean): void {
    if (!this.log.isLevelEnabled('info')) return;
    this.log.info(
      {
        ...arrival.ids,
        method: arrival.method,
        route: arrival.route,
        status,
        ms: Math.round(arrival.elapsedMs * 10) / 10,
        ...(complete ? {} : { aborted: true }),
        ...arrival.logged,
      },
      'request',
    );
  }
}
