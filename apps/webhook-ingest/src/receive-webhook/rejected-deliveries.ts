import { storableText } from '@gatehouse/persistence';
import { createHash } from 'node:crypto';
import { type Logger } from 'pino';
import { type DataSource } from 'typeorm';

/** What may be kept of a delivery that did not verify; nothing about it is known to be true. */
export interface RejectedDelivery {
  readonly reason: string;
  readonly webhookId: string | undefined;
  readonly webhookTimestamp: string | undefined;
  readonly userAgent: string | null;
  readonly sourceIp: string | null;
  readonly correlationId: string;
  /** Absent when it was refused before its body was read. */
  readonly body: Uint8Array | undefined;
  readonly declaredLength: number;
}

/** How many rows are kept, and how many are written per second at most. */
export interface RejectedLimits {
  readonly keep: number;
  readonly perSecond: number;
}

const MAX_WAITING = 100;
const MAX_HEADER = 256;
/** PostgreSQL's largest integer. */
const MAX_SIZE = 2_147_483_647;

/** The oldest rows go as new ones come. */
const INSERT = `
  WITH added AS (
    INSERT INTO rejected_deliveries (
      reason, webhook_id, webhook_timestamp, user_agent, source_ip, correlation_id, body_sha256, body_size
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
  )
  DELETE FROM rejected_deliveries USING added WHERE rejected_deliveries.id <= added.id - $9`;

/** Notes refused deliveries for operators, in the background; whatever is above the bounds is counted and not noted. */
export class RejectedDeliveries {
  private windowStart = 0;
  private inWindow = 0;
  private waiting = 0;
  private chain: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: Logger,
    private readonly limits: RejectedLimits,
  ) {}

  /** Notes one, if there is room. `nowMs` is the present. */
  note(rejected: RejectedDelivery, nowMs: number): void {
    if (!this.hasRoom(nowMs)) return;
    this.waiting += 1;
    const header = (value: string | undefined): string | null =>
      value === undefined ? null : storableText(value, MAX_HEADER);
    const row = [
      rejected.reason,
      header(rejected.webhookId),
      header(rejected.webhookTimestamp),
      rejected.userAgent,
      rejected.sourceIp,
      rejected.correlationId,
      rejected.body === undefined ? null : createHash('sha256').update(rejected.body).digest('hex'),
      Math.min(rejected.body?.length ?? rejected.declaredLength, MAX_SIZE),
      this.limits.keep,
    ];
    this.chain = this.chain.then(async () => {
      try {
        await this.dataSource.query(INSERT, row);
      } catch (error) {
        this.log.warn({ err: error }, 'a refused delivery could not be noted');
      } finally {
        this.waiting -= 1;
      }
    });
  }

  /** Resolves when all that was noted is written. */
  async idle(): Promise<void> {
    await this.chain;
  }

  private hasRoom(nowMs: number): boolean {
    if (this.limits.keep === 0 || this.waiting >= MAX_WAITING) return false;
    if (Math.abs(nowMs - this.windowStart) >= 1_000) {
      this.windowStart = nowMs;
      this.inWindow = 0;
    }
    this.inWindow += 1;
    return this.inWindow <= this.limits.perSecond;
  }
}
