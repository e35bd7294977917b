import {
  type ClerkMovement,
  type MovementSource,
  clerkMovementSubject,
  clerkOutcomesStream,
} from '@gatehouse/contracts';
import { JetStream } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger } from 'pino';
import { type ApplyResult, type Observation } from '../observation/observation';

/** Minimum time between two messages to the ledger. */
const PAUSE_MS = 2_000;
/**
 * Maximum lead of Clerk's clock over ours. A version (Clerk's `updated_at`) further ahead is corrupt, not the time of a
 * change at Clerk.
 */
const MAX_AHEAD_MS = 60_000;

/**
 * Reports to the ledger the time of the newest change at Clerk that no webhook has reported. The ledger compares this
 * time with the last webhook, to detect that webhooks have stopped. Earlier times are neither kept nor sent.
 */
@Injectable()
export class ClerkMovements implements OnApplicationShutdown {
  private newest: ClerkMovement | undefined;
  private reportedAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private reporting: Promise<void> = Promise.resolve();

  constructor(
    @Inject(JetStream) private readonly jetStream: Pick<JetStream, 'publish'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Notes the version of each snapshot that changed a row, unless a webhook caused the snapshot. */
  noteApplied(observations: readonly Observation[], results: readonly ApplyResult[]): void {
    for (const [index, { seen, origin }] of observations.entries()) {
      const result = results[index];
      if (seen.kind !== 'snapshot' || origin.source === 'webhook' || result?.settled !== true) continue;
      // The ledger has no source `sync`: an admin's sync counts as a reconcile run over one user.
      const source = origin.source === 'sync' ? 'reconcile' : origin.source;
      if (!result.repeated && NEWS.has(result.decision)) this.note(seen.user.version, source);
    }
  }

  /**
   * Notes a change of a user at Clerk that no webhook has reported yet. `movedAt`: time of the change, in milliseconds.
   */
  note(movedAt: number, source: MovementSource): void {
    if (movedAt <= Math.max(this.reportedAt, this.newest?.movedAt ?? 0) || movedAt > Date.now() + MAX_AHEAD_MS) return;
    this.newest = { movedAt, source };
    this.timer ??= this.later();
  }

  /**
   * Reports the newest time, if it was not sent yet. Runs after the last message was handled and before NATS is closed.
   */
  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.reporting;
    if (this.newest !== undefined) await this.report();
    clearTimeout(this.timer);
    if (this.newest !== undefined) this.log.warn(this.newest, 'change at Clerk not reported before shutdown');
  }

  private later(): NodeJS.Timeout {
    return setTimeout(() => {
      this.reporting = this.report();
    }, PAUSE_MS).unref();
  }

  private async report(): Promise<void> {
    const movement = this.newest;
    if (movement === undefined) return;
    try {
      await this.jetStream.publish({
        stream: clerkOutcomesStream,
        subject: clerkMovementSubject,
        messageId: `movement:${movement.movedAt}`,
        data: new TextEncoder().encode(JSON.stringify(movement)),
      });
      this.reportedAt = movement.movedAt;
      if (this.newest === movement) this.newest = undefined;
    } catch (error) {
      this.log.debug({ err: error }, 'change at Clerk not reported; retrying');
    }
    this.timer = this.newest === undefined ? undefined : this.later();
  }
}

/**
 * Decisions that show a change of a user at Clerk. Two other decisions write a version but are left out.
 * - `advance`: Clerk's version is newer, but the content is the same. Our own write-backs cause that as well.
 * - `heal`: our row was ahead of Clerk. It was replaced, but Clerk has not changed.
 */
const NEWS: ReadonlySet<string> = new Set(['create', 'link', 'apply']);
