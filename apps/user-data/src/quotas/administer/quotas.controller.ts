import {
  type LimitState,
  type Owner,
  type ReplyOf,
  grantQuota,
  inspectQuotas,
  listMovements,
  removeLimit,
  setLimit,
} from '@gatehouse/contracts';
import { type LimitKind } from '@gatehouse/lifecycle';
import { RequestHandler, type VerifiedRequest } from '@gatehouse/messaging';
import { type Transaction } from '@gatehouse/persistence';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type AuditNote } from '../../audit/record-audit';
import { GatheredWake } from '../../relay-changes/gathered-wake';
import { OwnerRequests } from '../../requests/owner-requests';
import { type QuotaActing, quotaActing } from '../balance/quota-statement';
import * as changes from './change-limit';
import { loadDocumentsUploaded, loadLimit, loadLimits } from './load-limits';
import { loadMovements } from './load-movements';

/** What an admin does with the quotas of a user. */
interface AdminRequest {
  readonly envelope: VerifiedRequest<typeof inspectQuotas>['envelope'];
  readonly body: { readonly owner: Owner };
}

/** Shows and changes what limits a user, for admins. Every request is audited in its transaction. */
@Controller()
export class QuotasController {
  constructor(
    private readonly requests: OwnerRequests,
    private readonly relay: GatheredWake,
  ) {}

  @RequestHandler(inspectQuotas)
  inspect(@Payload() request: VerifiedRequest<typeof inspectQuotas>): Promise<ReplyOf<typeof inspectQuotas>> {
    const { owner } = request.body;
    return this.requests.run(request, { action: 'quota.read', subject: 'quotas' }, async (transaction) => {
      const [items, documentsUploaded] = await Promise.all([
        loadLimits(transaction, owner),
        loadDocumentsUploaded(transaction, owner.userId),
      ]);
      return { ...owner, documentsUploaded, items };
    });
  }

  @RequestHandler(listMovements)
  listMovements(@Payload() request: VerifiedRequest<typeof listMovements>): Promise<ReplyOf<typeof listMovements>> {
    const { owner, kind } = request.body;
    return this.requests.run(request, { action: 'quota.read', subject: `quotas/${kind}/ledger` }, (transaction) =>
      loadMovements(transaction, owner.userId, request.body),
    );
  }

  @RequestHandler(grantQuota)
  async grant(@Payload() request: VerifiedRequest<typeof grantQuota>): Promise<ReplyOf<typeof grantQuota>> {
    const { kind, amount, reason, owner } = request.body;
    const note: AuditNote = { action: 'quota.grant', subject: `quotas/${kind}`, details: { amount, reason } };
    const granted = await this.requests.runOnce(request, note, async (transaction, acting) => {
      await changes.grantQuota(transaction, quotaActing(request.envelope, acting), request.body);
      return loadLimit(transaction, owner, kind);
    });
    this.relay.wake();
    return granted;
  }

  @RequestHandler(setLimit)
  setLimit(@Payload() request: VerifiedRequest<typeof setLimit>): Promise<LimitState> {
    const { kind, limit, reason } = request.body;
    return this.change(request, kind, { limit, reason }, (transaction, acting) =>
      changes.setLimit(transaction, acting, request.body),
    );
  }

  @RequestHandler(removeLimit)
  removeLimit(@Payload() request: VerifiedRequest<typeof removeLimit>): Promise<LimitState> {
    const { kind } = request.body;
    return this.change(request, kind, { limit: null }, (transaction, acting) =>
      changes.removeLimit(transaction, acting, kind),
    );
  }

  private async change(
    request: AdminRequest,
    kind: LimitKind,
    details: Readonly<Record<string, unknown>>,
    work: (transaction: Transaction, acting: QuotaActing) => Promise<unknown>,
  ): Promise<LimitState> {
    const note: AuditNote = { action: 'quota.override', subject: `limits/${kind}`, details };
    const changed = await this.requests.run(request, note, async (transaction, acting) => {
      await work(transaction, quotaActing(request.envelope, acting));
      return loadLimit(transaction, acting.owner, kind);
    });
    this.relay.wake();
    return changed;
  }
}
