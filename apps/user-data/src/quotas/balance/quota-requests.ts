import { type EnvelopeClaims, type Idempotency, type Owner, quotaKinds } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { answerOnce } from '@gatehouse/persistence';
import { Injectable } from '@nestjs/common';
import { OwnerTransactions } from '../../database/owner-transactions';
import { GatheredWake } from '../../relay-changes/gathered-wake';
import { actingFor } from '../../requests/owner-requests';
import { QuotaMetrics } from './quota-metrics';
import { type QuotaActing, type QuotaStatement, quotaActing } from './quota-statement';

/** A request of a user about its own quotas. */
interface QuotaRequest {
  readonly envelope: EnvelopeClaims;
  readonly body: { readonly idempotency?: Idempotency | undefined };
}

/** Answers requests of users about their own quotas, each with one statement. */
@Injectable()
export class QuotaRequests {
  constructor(
    private readonly transactions: OwnerTransactions,
    private readonly metrics: QuotaMetrics,
    private readonly relay: GatheredWake,
  ) {}

  /** Loads the answer to a request that changes nothing. @throws RequestRefusedError */
  async show<Answer extends object>(
    { envelope }: Pick<QuotaRequest, 'envelope'>,
    statement: (owner: Owner) => QuotaStatement<Answer>,
  ): Promise<Answer> {
    const { owner } = actingFor({ envelope, body: {} });
    const { text, values, read } = statement(owner);
    return read(await this.transactions.select<never>(owner.userId, text, values));
  }

  /**
   * Runs the statement and returns its answer: in one round trip, unless the request has an idempotency key. Then the
   * relay publishes the change.
   * @throws RequestRefusedError
   */
  async answer<Answer extends object>(
    { envelope, body }: QuotaRequest,
    statement: (acting: QuotaActing) => QuotaStatement<Answer>,
  ): Promise<Answer & { readonly replayed?: true }> {
    const acting = quotaActing(envelope, actingFor({ envelope, body: {} }));
    const { userId } = acting.owner;
    const { text, values, read } = statement(acting);
    try {
      const answer =
        body.idempotency === undefined
          ? read(await this.transactions.query<never>(userId, text, values))
          : await this.transactions.run(userId, (transaction) =>
              answerOnce(transaction, { userId, request: body }, async () =>
                read(await transaction.query(text, values)),
              ),
            );
      this.relay.wake();
      return answer;
    } catch (error) {
      this.count(error);
      throw error;
    }
  }

  private count(error: unknown): void {
    if (!(error instanceof RequestRefusedError) || error.reason !== 'quota_exceeded') return;
    const kind = quotaKinds.find((candidate) => candidate === error.quota?.kind);
    if (kind !== undefined) this.metrics.refused(kind);
  }
}
