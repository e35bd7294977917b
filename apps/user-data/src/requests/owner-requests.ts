import { type EnvelopeClaims, type Idempotency, type Owner, type Principal } from '@gatehouse/contracts';
import { RequestRefusedError, requireAdmin, requirePrincipal } from '@gatehouse/messaging';
import { type Transaction, answerOnce } from '@gatehouse/persistence';
import { Injectable } from '@nestjs/common';
import { type AuditNote, recordAudit } from '../audit/record-audit';
import { OwnerTransactions } from '../database/owner-transactions';

/** A request about the data of a user: of the caller, or of another user for an admin. */
interface OwnerRequest {
  readonly envelope: EnvelopeClaims;
  readonly body: { readonly owner?: Owner | undefined };
}

/** In whose name a request runs. `admin` is set when an admin acts as the owner. */
export interface Acting {
  readonly owner: Owner;
  readonly principal: Principal;
  readonly admin?: Principal;
}

/** Runs requests about the data of a user, in the name of its owner. */
@Injectable()
export class OwnerRequests {
  constructor(private readonly transactions: OwnerTransactions) {}

  /**
   * Runs `work` in a transaction of the owner. If an admin acts as the owner, the same transaction writes `note` to the
   * audit log; what a user does with its own data is not audited. A refusal of `work` rolls that back, and tells the
   * admin something about the data, such as its version: so it is audited too, in a transaction of its own.
   * @throws RequestRefusedError `unauthenticated` or `forbidden`
   */
  async run<Result>(
    request: OwnerRequest,
    note: AuditNote,
    work: (transaction: Transaction, acting: Acting) => Promise<Result>,
  ): Promise<Result> {
    const acting = actingFor(request);
    const { owner, admin } = acting;
    const audit = async (transaction: Transaction, refused?: string): Promise<void> => {
      if (admin === undefined) return;
      await recordAudit(transaction, request.envelope, admin, owner.userId, {
        ...note,
        ...(refused !== undefined && { refused }),
      });
    };
    try {
      return await this.transactions.run(owner.userId, async (transaction) => {
        await audit(transaction);
        return work(transaction, acting);
      });
    } catch (error) {
      if (admin !== undefined && error instanceof RequestRefusedError && error.reason !== 'unavailable') {
        await this.transactions.run(owner.userId, (transaction) => audit(transaction, error.reason));
      }
      throw error;
    }
  }

  /**
   * {@link run} for a request that takes an idempotency key: a repeated request gets the stored answer, with `replayed`.
   * An admin who acts as the owner has keys of its own. A repetition by an admin is audited like the request.
   */
  async runOnce<Answer extends object>(
    request: OwnerRequest & { readonly body: { readonly idempotency?: Idempotency | undefined } },
    note: AuditNote,
    work: (transaction: Transaction, acting: Acting) => Promise<Answer>,
  ): Promise<Answer & { readonly replayed?: true }> {
    return this.run(request, note, (transaction, acting) => {
      const asked = { userId: acting.owner.userId, sentBy: acting.principal.userId, request: request.body };
      return answerOnce(transaction, asked, () => work(transaction, acting));
    });
  }

  /**
   * {@link run} for `work` of a single statement, which takes one round trip when the caller is the owner. `work` may send
   * another statement after one that changed nothing: it is then a transaction of its own.
   */
  async runSingle<Result>(
    request: OwnerRequest,
    note: AuditNote,
    work: (transaction: Transaction, acting: Acting) => Promise<Result>,
  ): Promise<Result> {
    return this.runAlone('query', request, note, work);
  }

  /** {@link runSingle} for `work` that changes nothing. */
  async runSelect<Result>(
    request: OwnerRequest,
    note: AuditNote,
    work: (transaction: Transaction, acting: Acting) => Promise<Result>,
  ): Promise<Result> {
    return this.runAlone('select', request, note, work);
  }

  /** {@link runSelect} for `work` that finds a few rows by key. */
  async runRead<Result>(
    request: OwnerRequest,
    note: AuditNote,
    work: (transaction: Transaction, acting: Acting) => Promise<Result>,
  ): Promise<Result> {
    return this.runAlone('read', request, note, work);
  }

  private async runAlone<Result>(
    method: 'query' | 'select' | 'read',
    request: OwnerRequest,
    note: AuditNote,
    work: (transaction: Transaction, acting: Acting) => Promise<Result>,
  ): Promise<Result> {
    const acting = actingFor(request);
    if (acting.admin !== undefined) return this.run(request, note, work);
    return work({ query: (text, values) => this.transactions[method](acting.owner.userId, text, values) }, acting);
  }
}

/** In whose name a request runs. @throws RequestRefusedError `unauthenticated` or `forbidden` */
export function actingFor({ envelope, body }: OwnerRequest): Acting {
  const principal = requirePrincipal(envelope);
  if (body.owner === undefined) return { owner: { userId: principal.userId, tier: principal.tier }, principal };
  return { owner: body.owner, principal, admin: requireAdmin(envelope) };
}
