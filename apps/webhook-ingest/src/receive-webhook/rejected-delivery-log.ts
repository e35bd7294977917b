import { createHash } from 'node:crypto';
import { LOGGER } from '@gatehouse/observability';
import { storableText } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { type WebhookIngestConfig } from '../config';
import { CONFIG } from '../tokens';

/** The stored part of a rejected delivery. None of it is verified. */
export interface RejectedDelivery {
  readonly reason: string;
  readonly webhookId: string | undefined;
  readonly webhookTimestamp: string | undefined;
  readonly userAgent: string | null;
  readonly sourceIp: string | null;
  readonly correlationId: string;
  /** Absent when the delivery was rejected before its body was read. */
  readonly body: Uint8Array | undefined;
  readonly declaredLength: number;
}

const MAX_WAITING = 100;
const MAX_HEADER = 256;
/** Largest `integer` of PostgreSQL. */
const MAX_SIZE = 2_147_483_647;

/** Inserts a row, and deletes the oldest rows beyond the configured number. */
const INSERT = `
  WITH added AS (
    INSERT INTO rejected_deliveries (
      reason, webhook_id, webhook_timestamp, user_agent, source_ip, correlation_id, body_sha256, body_size
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
  )
  DELETE FROM rejected_deliveries USING added WHERE rejected_deliveries.id <= added.id - $9`;

/**
 * Stores rejected deliveries for operators, in the background and at a limited rate. Skips deliveries beyond its
 * limits.
 */
@Injectable()
export class RejectedDeliveryLog {
  private windowStart = 0;
  private inWindow = 0;
  private waiting = 0;
  private chain: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Pick<WebhookIngestConfig, 'rejected'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Stores a rejected delivery in the background, if the limits allow. `nowMs` is the current time. */
  add(rejected: RejectedDelivery, nowMs: number): void {
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
      this.config.rejected.keep,
    ];
    this.chain = this.chain.then(async () => {
      try {
        await this.dataSource.query(INSERT, row);
      } catch (error) {
        this.log.warn({ err: error }, 'storing a rejected delivery failed');
      } finally {
        this.waiting -= 1;
      }
    });
  }

  /** Resolves when everything that was added before is stored. */
  async idle(): Promise<void> {
    await this.chain;
  }

  private hasRoom(nowMs: number): boolean {
    const { keep, perSecond } = this.config.rejected;
    if (keep === 0 || this.waiting >= MAX_WAITING) return false;
    if (Math.abs(nowMs - this.windowStart) >= 1_000) {
      this.windowStart = nowMs;
      this.inWindow = 0;
    }
    this.inWindow += 1;
    return this.inWindow <= perSecond;
  }
}
