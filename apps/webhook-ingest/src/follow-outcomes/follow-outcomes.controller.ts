import {
  type ClerkMovement,
  type Outcome,
  clerkMovementSchema,
  clerkMovementSubject,
  decodeOutcomes,
  outcomesConsumer,
} from '@gatehouse/contracts';
import { ConsumerHandler, SharedOutageError, type StreamMessage } from '@gatehouse/messaging';
import { LOGGER, METRICS, failpoint, withLogContext } from '@gatehouse/observability';
import {
  isDatabaseUnavailable,
  isQueryCanceled,
  isTransactionConflict,
  repeatOnConflict,
} from '@gatehouse/persistence';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { type WebhookIngestConfig } from '../config';
import { CONFIG } from '../tokens';
import { applyOutcomes } from './apply-outcomes';
import { noteMovements } from './note-movements';
import { type Applied } from './outcome-fold';

const CONFLICT_ATTEMPTS = 5;

/** Consumes the stream `CLERK_OUTCOMES` and updates the ledger. Drops messages that break their contract. */
@Controller()
export class FollowOutcomesController {
  private readonly outcomes: Counter<'status' | 'effect'>;
  private readonly movements: Counter<'result'>;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: WebhookIngestConfig,
    @Inject(METRICS) registry: Registry,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    this.outcomes = new Counter({
      name: 'gatehouse_ingest_outcomes_total',
      help: 'Outcomes by status and by their effect on the ledger: changed, unchanged, unknown (no such row).',
      labelNames: ['status', 'effect'],
      registers: [registry],
    });
    this.movements = new Counter({
      name: 'gatehouse_ingest_clerk_movements_total',
      help: 'Clerk movements that user-sync reported, by result: noted, invalid (breaks its contract).',
      labelNames: ['result'],
      registers: [registry],
    });
    // An alert sees the first rise of a counter only if its time series existed before.
    this.outcomes.inc({ status: 'invalid', effect: 'unchanged' }, 0);
    this.movements.inc({ result: 'invalid' }, 0);
  }

  @ConsumerHandler(outcomesConsumer)
  async follow(@Payload() messages: readonly StreamMessage[]): Promise<void> {
    const outcomes: Outcome[] = [];
    const movements: ClerkMovement[] = [];
    for (const message of messages) {
      if (message.subject === clerkMovementSubject) movements.push(...this.readMovement(message));
      else outcomes.push(...this.readOutcomes(message));
    }
    if (movements.length > 0) await guardDatabase(() => noteMovements(this.dataSource, movements));
    if (outcomes.length === 0) return;
    const applied = await guardDatabase(() => applyOutcomes(this.dataSource, outcomes, this.config.retry, Math.random));
    for (const one of applied) this.report(one);
    failpoint('after-outcomes');
  }

  private readOutcomes({ data, streamSequence }: StreamMessage): Outcome[] {
    return decodeOutcomes(data).flatMap((outcome) => {
      if (outcome !== undefined) return [outcome];
      this.outcomes.inc({ status: 'invalid', effect: 'unchanged' });
      this.log.error({ streamSequence }, 'outcome dropped: it breaks its contract');
      return [];
    });
  }

  private readMovement({ data, streamSequence }: StreamMessage): ClerkMovement[] {
    const movement = decodeMovement(data);
    this.movements.inc({ result: movement === undefined ? 'invalid' : 'noted' });
    if (movement !== undefined) return [movement];
    this.log.error({ streamSequence }, 'Clerk movement dropped: it breaks its contract');
    return [];
  }

  private report({ outcome, effect, correlationId }: Applied): void {
    this.outcomes.inc({ status: outcome.status, effect });
    withLogContext({ correlationId }, () => {
      const fields = { webhookId: outcome.webhookId, status: outcome.status, attempt: outcome.attempt, effect };
      if (effect === 'unknown') this.log.warn(fields, 'outcome dropped: its event is not in the ledger');
      else this.log.info(fields, 'outcome');
    });
  }
}

/** @throws SharedOutageError while the database is unavailable or too slow */
async function guardDatabase<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await repeatOnConflict(work, isTransactionConflict, CONFLICT_ATTEMPTS);
  } catch (error) {
    if (isDatabaseUnavailable(error) || isQueryCanceled(error)) {
      throw new SharedOutageError('the database', { cause: error });
    }
    throw error;
  }
}

function decodeMovement(data: Uint8Array): ClerkMovement | undefined {
  try {
    return clerkMovementSchema.parse(JSON.parse(new TextDecoder().decode(data)));
  } catch {
    return undefined;
  }
}
