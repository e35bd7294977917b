import { type Logger } from 'pino';
import { type DropReason } from './edge-options';
import { type Exchange } from './exchange';
import { RequestLine, jsonText } from './request-line';
import { type Upgrade } from './upgrade';

/** Status in the log of a request whose client left before the response began, as in nginx. */
const CLIENT_GONE = 499;
/** Minimum time between two log lines about connections that were dropped for the same reason; milliseconds. */
const DROPPED_EVERY_MS = 60_000;

const DROPPED: Readonly<Record<DropReason, string>> = {
  limit: 'too many connections are open: new ones are closed',
  address: 'too many connections of one address are open: new ones are closed',
};

/** Writes one log line per request. Never logs headers, bodies or query strings. */
export class RequestLog {
  private readonly line: RequestLine;
  private readonly droppedAtMs = new Map<DropReason, number>();

  constructor(private readonly log: Logger) {
    this.line = new RequestLine(log);
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

  /** Logs why new connections are closed; at most once a minute for each reason. */
  droppedConnection(reason: DropReason, limit: number): void {
    const now = performance.now();
    if (now - (this.droppedAtMs.get(reason) ?? Number.NEGATIVE_INFINITY) < DROPPED_EVERY_MS) return;
    this.droppedAtMs.set(reason, now);
    this.log.warn({ limit }, DROPPED[reason]);
  }

  private write(arrival: Exchange | Upgrade, status: number, complete: boolean): void {
    if (!this.log.isLevelEnabled('info')) return;
    const { id, clientRequestId, method, route, elapsedMs, logged } = arrival;
    // None of these texts can need an escape, but the route and what the handler adds.
    let fields = `,"correlationId":"${id}"`;
    if (clientRequestId !== undefined) fields += `,"clientRequestId":"${clientRequestId}"`;
    fields += `,"method":"${method}","route":${jsonText(route)},"status":${status},"ms":${Math.round(elapsedMs * 10) / 10}`;
    if (!complete) fields += ',"aborted":true';
    for (const name in logged) fields += `,${jsonText(name)}:${jsonOf(logged[name])}`;
    this.line.write(fields);
  }
}

function jsonOf(value: string | number | undefined): string {
  return typeof value === 'string' ? jsonText(value) : JSON.stringify(value ?? null);
}
