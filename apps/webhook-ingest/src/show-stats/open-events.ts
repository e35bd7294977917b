import { type LedgerStats } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { one } from './one-row';

/**
 * Counts of open and dead events, and the oldest open ones. An event is open while it is pending or processing, or has
 * failed and will be retried. Events that are dead because their payload was erased do not count: nobody can redrive
 * them.
 */
export type OpenEvents = Pick<LedgerStats, 'open' | 'oldestUnpublished' | 'oldestUnapplied'>;

interface OldRow {
  readonly id: string;
  readonly webhook_id: string;
  readonly created_at: Date;
}

/** Each count reads its own partial index, which holds few rows in normal operation. */
const OPEN = `
  SELECT (SELECT count(*) FROM webhook_events WHERE published_at IS NULL AND status = 'pending')::integer AS pending,
         (SELECT count(*) FROM webhook_events WHERE published_at IS NULL AND status = 'processing')::integer
           + (SELECT count(*) FROM webhook_events WHERE published_at IS NOT NULL AND status = 'processing')::integer
           AS processing,
         (SELECT count(*) FROM webhook_events WHERE status = 'failed' AND next_retry_at IS NOT NULL)::integer AS retrying,
         (SELECT count(*) FROM webhook_events WHERE status = 'failed' AND next_retry_at IS NULL
             AND error_details ->> 'code' IS DISTINCT FROM 'erased')::integer AS dead`;

const OLDEST_UNPUBLISHED = `
  SELECT id, webhook_id, created_at FROM webhook_events
   WHERE published_at IS NULL AND status IN ('pending', 'processing') ORDER BY created_at LIMIT 1`;

const OLDEST_UNAPPLIED = `
  SELECT id, webhook_id, created_at FROM (
    (SELECT id, webhook_id, created_at FROM webhook_events
      WHERE published_at IS NULL AND status IN ('pending', 'processing') ORDER BY created_at LIMIT 1)
    UNION ALL
    (SELECT id, webhook_id, created_at FROM webhook_events
      WHERE published_at IS NOT NULL AND status = 'processing' ORDER BY created_at LIMIT 1)
    UNION ALL
    (SELECT id, webhook_id, created_at FROM webhook_events
      WHERE status = 'failed' AND next_retry_at IS NOT NULL ORDER BY created_at LIMIT 1)
  ) AS open ORDER BY created_at LIMIT 1`;

/** Counts the open and dead events of any age, and finds the oldest open ones. */
export async function readOpenEvents(manager: EntityManager): Promise<OpenEvents> {
  const open = await one<LedgerStats['open']>(manager, OPEN);
  const [unpublished] = await manager.query<OldRow[]>(OLDEST_UNPUBLISHED);
  const [unapplied] = await manager.query<OldRow[]>(OLDEST_UNAPPLIED);
  return { open, oldestUnpublished: oldest(unpublished), oldestUnapplied: oldest(unapplied) };
}

function oldest(row: OldRow | undefined): LedgerStats['oldestUnpublished'] {
  return row === undefined ? null : { id: row.id, webhookId: row.webhook_id, at: row.created_at.toISOString() };
}
