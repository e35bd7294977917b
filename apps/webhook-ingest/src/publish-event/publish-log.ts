import { transitions } from '@gatehouse/lifecycle';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** The stream's acknowledgement of one publish of a row. */
export interface PublishAck {
  readonly id: string;
  readonly publishNumber: number;
  readonly sequence: number;
  readonly streamCreatedAt: Date;
}

/**
 * SQL for the status of a row after its publish is acknowledged. If the outcome arrived before the acknowledgement, the
 * row keeps the status that the outcome set.
 */
const STATUS_AFTER_PUBLISH = `CASE event.status ${Object.entries(transitions)
  .flatMap(([state, { published }]) => (published === 'stay' ? [] : [`WHEN '${state}' THEN '${published}'`]))
  .join(' ')} ELSE event.status END`;

/**
 * Locks rows in the order of their id, like every statement on the ledger, so that no two statements deadlock. Skips
 * the acknowledgement of a publish if the event has been marked for another publish since.
 */
const STORE = `
  WITH acked AS (
    SELECT * FROM unnest($1::bigint[], $2::integer[], $3::bigint[], $4::timestamptz[])
      AS row (id, publish_number, sequence, stream_created_at)
  ), locked AS (
    SELECT event.id FROM webhook_events AS event JOIN acked USING (id) ORDER BY event.id FOR UPDATE OF event
  )
  UPDATE webhook_events AS event
     SET status = ${STATUS_AFTER_PUBLISH}, stream_sequence = acked.sequence,
         stream_created_at = acked.stream_created_at, published_at = now(), lease_until = NULL, updated_at = now()
    FROM acked JOIN locked USING (id)
   WHERE event.id = acked.id AND event.publish_number = acked.publish_number`;

const MAX_GROUP = 500;
/**
 * Time to gather a group; milliseconds. Larger groups cost less for each acknowledgement. The wait delays no response
 * to Clerk, because responses do not wait for acknowledgements.
 */
const GATHER_MS = 10;

interface Waiting {
  readonly ack: PublishAck;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Stores acknowledgements in groups. Acknowledgements that arrive within `GATHER_MS`, or while a group is stored, share
 * a statement.
 */
@Injectable()
export class PublishLog {
  private readonly waiting: Waiting[] = [];
  private state: 'idle' | 'storing' = 'idle';

  constructor(private readonly dataSource: DataSource) {}

  /** Resolves when the acknowledgement is committed. */
  store(ack: PublishAck): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ ack, resolve, reject });
      if (this.state === 'idle') void this.run();
    });
  }

  private async run(): Promise<void> {
    this.state = 'storing';
    while (this.waiting.length > 0) {
      if (this.waiting.length < MAX_GROUP) await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      const group = this.waiting.splice(0, MAX_GROUP);
      try {
        await this.storeGroup(group.map(({ ack }) => ack));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.state = 'idle';
  }

  private async storeGroup(acks: readonly PublishAck[]): Promise<void> {
    await this.dataSource.query(STORE, [
      acks.map(({ id }) => id),
      acks.map(({ publishNumber }) => publishNumber),
      acks.map(({ sequence }) => sequence),
      acks.map(({ streamCreatedAt }) => streamCreatedAt.toISOString()),
    ]);
  }
}
