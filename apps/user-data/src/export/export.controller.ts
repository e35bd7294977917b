import { type ReplyOf, exportDataAudit, exportMovements, exportReservations } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest, requirePrincipal } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OwnerTransactions } from '../database/owner-transactions';
import { WorkerDatabase } from '../database/worker-database';
import { auditPage } from './audit-page';
import { movementPage } from './movement-page';
import { reservationPage } from './reservation-page';

/** Lists what only the export of the caller's data shows. */
@Controller()
export class ExportController {
  constructor(
    private readonly transactions: OwnerTransactions,
    private readonly worker: WorkerDatabase,
  ) {}

  @RequestHandler(exportReservations)
  reservations(
    @Payload() { body, envelope }: VerifiedRequest<typeof exportReservations>,
  ): Promise<ReplyOf<typeof exportReservations>> {
    const { userId } = requirePrincipal(envelope);
    return reservationPage(this.transactions, userId, body);
  }

  @RequestHandler(exportMovements)
  movements(
    @Payload() { body, envelope }: VerifiedRequest<typeof exportMovements>,
  ): Promise<ReplyOf<typeof exportMovements>> {
    const { userId } = requirePrincipal(envelope);
    return movementPage(this.transactions, userId, body);
  }

  @RequestHandler(exportDataAudit)
  auditLog(
    @Payload() { body, envelope }: VerifiedRequest<typeof exportDataAudit>,
  ): Promise<ReplyOf<typeof exportDataAudit>> {
    const { userId } = requirePrincipal(envelope);
    return this.worker.run((transaction) => auditPage(transaction, userId, body));
  }
}
