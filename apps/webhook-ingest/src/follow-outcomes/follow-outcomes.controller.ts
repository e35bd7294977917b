import {
  type ClerkMovement,
  type Outcome,
  clerkMovementSchema,
  clerkMovementSubject,
  decodeOutcomes,
  outcomesConsumer,
} from '@gatehouse/contracts';
import { ConsumerHandler, type StreamMessage, SharedOutageError } from '@gatehouse/messaging';
import { LOGGER, failpoint, withLogContext } from '@gatehouse/observability';
import { isDatabaseUnavailable, isQueryCanceled, isTransactionConflict } from '@gatehouse/persistence';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { type Config } from '../config';
import { IngestMetrics } from '../metrics';
import { CONFIG } from '../tokens';
import { type Applied, applyOutcomes } from './apply-outcomes';
import { noteMovements } from './note-movement';

const CONFLICT_ATTEMPTS = 5;

/** Follows what became of the events, on `CLERK_OUTCOMES`. */
@Controller()
export class FollowOutcomesController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(IngestMetrics) private readonly metrics: IngestMetrics,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @ConsumerHandler(outcomesConsumer)
  async follow(@Payload() messages: readonly StreamMessage[]): Promise<void> {
    const outcomes: Outcome[] = [];
    const movements: ClerkMovement[] = [];
    for (const message of messages) {
      if (message.subject === clerkMovementSubject) movements.push(...this.movement(message));
      else outcomes.push(...this.known(message, decodeOutcomes(message.data)));
    }
    if (movements.length > 0) await this.guarded(() => noteMovements(this.dataSource, movements));
    if (outcomes.length === 0) return;
    for (const applied of await this.apply(outcomes)) this.tell(applied);
    failpoint('after-outcomes');
  }

  /** What breaks its contract can never be applied: it is told and let go. */
  private known({ streamSequence }: StreamMessage, told: readonly (Outcome | undefined)[]): Outcome[] {
    return told.flatMap((one) => {
      if (one !== undefined) return [one];
      this.metrics.outcomes.inc({ status: 'invalid', effect: 'unchanged' });
      this.log.error({ streamSequence }, 'an outcome breaks its contract and is dropped');
      return [];
    });
  }

  private movement(message: StreamMessage): ClerkMovement[] {
    const movement = readMovement(message);
    this.metrics.movements.inc({ result: movement === undefined ? 'invalid' : 'noted' });
    if (movement !== undefined) return [movement];
    const { streamSequence } = message;
    this.log.error({ streamSequence }, 'a movement of Clerk breaks its contract and is dropped');
    return [];
  }

  private apply(outcomes: readonly Outcome[]): Promise<Applied[]> {
    return this.guarded(() => applyOutcomes(this.dataSource, outcomes, this.config.retry, Math.random));
  }

  private async guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (isTransactionConflict(error) && attempt < CONFLICT_ATTEMPTS) continue;
        if (isDatabaseUnavailable(error) || isQueryCanceled(error)) {
          throw new SharedOutageError('the database', { cause: error });
        }
        throw error;
      }
    }
  }

  private tell({ outcome, effect, correlationId }: Applied): void {
    this.metrics.outcomes.inc({ status: outcome.status, effect });
    withLogContext({ correlationId }, () => {
      const fields = { webhookId: outcome.webhookId, status: outcome.status, attempt: outcome.attempt, effect };
      if (effect === 'unknown') this.log.warn(fields, 'an outcome of an event that the ledger does not know');
      else this.log.info(fields, 'outcome');
    });
  }
}

function readMovement({ data }: StreamMessage): ClerkMovement | undefined {
  try {
    return clerkMovementSchema.parse(JSON.parse(new TextDecoder().decode(data)));
  } catch {
    return undefined;
  }
}
