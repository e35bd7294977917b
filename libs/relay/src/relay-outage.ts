import {
  ContractAbsentError,
  JetStreamUnavailableError,
  NatsDisconnectedError,
  PublishUnacknowledgedError,
} from '@gatehouse/messaging';
import { isDatabaseUnavailable } from '@gatehouse/persistence';
import { type Logger } from 'pino';

const PAUSE_MS = { first: 200, most: 5_000 };

/** The pauses of a relay after failures: each twice as long as the one before. Logs once for each reason. */
export class RelayOutage {
  private nextMs: number = PAUSE_MS.first;
  private reason: string | undefined;

  constructor(
    private readonly stream: string,
    private readonly log: Logger,
  ) {}

  /** Milliseconds to pause after this failure, which it logs. */
  after(error: unknown): number {
    const waitMs = this.nextMs;
    this.nextMs = Math.min(this.nextMs * 2, PAUSE_MS.most);
    const reason = error instanceof Error ? error.message : 'unknown';
    if (reason === this.reason) return waitMs;
    this.reason = reason;
    if (isOutage(error)) this.log.warn({ reason, stream: this.stream }, 'relay to the stream paused; retrying');
    else this.log.error({ err: error, stream: this.stream }, 'relay to the stream failed; retrying');
    return waitMs;
  }

  /** The relay works again. */
  ended(): void {
    this.nextMs = PAUSE_MS.first;
    if (this.reason === undefined) return;
    this.reason = undefined;
    this.log.info({ stream: this.stream }, 'relay to the stream resumed');
  }
}

function isOutage(error: unknown): boolean {
  const outages = [ContractAbsentError, JetStreamUnavailableError, NatsDisconnectedError, PublishUnacknowledgedError];
  return outages.some((outage) => error instanceof outage) || isDatabaseUnavailable(error);
}
