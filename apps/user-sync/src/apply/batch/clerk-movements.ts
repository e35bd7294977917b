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

/** Between two messages at least, however much is noted. */
const PAUSE_MS = 2_000;
/** What Clerk's clock may be ahead of ours; a version beyond that is corrupt and says nothing of when Clerk moved. */
const MAX_AHEAD_MS = 60_000;

/**
 * Tells the ledger when Clerk was last seen to have changed a user without a webhook having told of it: whether webhooks
 * come at all, only the ledger knows. Holds and sends the newest alone.
 */
@Injectable()
export class ClerkMovements implements OnApplicationShutdown {
  private newest: ClerkMovement | undefined;
  private toldAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private telling: Promise<void> = Promise.resolve();

  constructor(
    @Inject(JetStream) private readonly jetStream: Pick<JetStream, 'publish'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Takes from applied observations what was new in a snapshot that no webhook had asked for. */
  noteApplied(observations: readonly Observation[], results: readonly ApplyResult[]): void {
    for (const [index, { seen, origin }] of observations.entries()) {
      const result = results[index];
      if (seen.kind !== 'snapshot' || origin.source === 'webhook' || result?.settled !== true) continue;
      // An admin's sync is a walk over one user: the ledger knows no other name for it.
      const source = origin.source === 'sync' ? 'reconcile' : origin.source;
      if (!result.repeated && NEWS.has(result.decision)) this.note(seen.user.version, source);
    }
  }

  /** Clerk changed a user at `movedAt` (milliseconds), and no webhook has told of it yet. */
  note(movedAt: number, source: MovementSource): void {
    if (movedAt <= Math.max(this.toldAt, this.newest?.movedAt ?? 0) || movedAt > Date.now() + MAX_AHEAD_MS) return;
    this.newest = { movedAt, source };
    this.timer ??= this.later();
  }

  /** When the transports are closed: what was in hand till then may have brought news. NATS is closed after it. */
  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.telling;
    if (this.newest !== undefined) await this.tell();
    clearTimeout(this.timer);
    if (this.newest !== undefined) this.log.warn(this.newest, 'a movement of Clerk could not be told before the end');
  }

  private later(): NodeJS.Timeout {
    return setTimeout(() => {
      this.telling = this.tell();
    }, PAUSE_MS).unref();
  }

  private async tell(): Promise<void> {
    const movement = this.newest;
    if (movement === undefined) return;
    try {
      await this.jetStream.publish({
        stream: clerkOutcomesStream,
        subject: clerkMovementSubject,
        messageId: `movement:${movement.movedAt}`,
        data: new TextEncoder().encode(JSON.stringify(movement)),
      });
      this.toldAt = movement.movedAt;
      if (this.newest === movement) this.newest = undefined;
    } catch (error) {
      this.log.debug({ err: error }, 'a movement of Clerk could not be told, it will be later');
    }
    this.timer = this.newest === undefined ? undefined : this.later();
  }
}

/** Decisions by which the row's content followed Clerk's; an older snapshot that heals a row tells of no change. */
const NEWS: ReadonlySet<string> = new Set(['create', 'link', 'apply']);
