import { type ReplyOf, listUploads, recordUpload } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest, requirePrincipal } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OwnerTransactions } from '../../database/owner-transactions';
import { loadQuotas } from '../balance/load-quotas';
import { QuotaRequests } from '../balance/quota-requests';
import { recordUpload as recordStatement } from '../balance/record-upload';
import { loadUploads } from './load-uploads';

/** Records documents of the caller, and lists them. */
@Controller()
export class UploadsController {
  constructor(
    private readonly requests: QuotaRequests,
    private readonly transactions: OwnerTransactions,
  ) {}

  @RequestHandler(recordUpload)
  record(@Payload() request: VerifiedRequest<typeof recordUpload>): Promise<ReplyOf<typeof recordUpload>> {
    return this.requests.answer(request, (acting) => recordStatement(acting, request.body));
  }

  @RequestHandler(listUploads)
  list(@Payload() { body, envelope }: VerifiedRequest<typeof listUploads>): Promise<ReplyOf<typeof listUploads>> {
    const owner = requirePrincipal(envelope);
    const quotas = loadQuotas(owner);
    return this.transactions.run(owner.userId, async (transaction) => {
      const [rows, page] = await Promise.all([
        transaction.query<never>(quotas.text, quotas.values),
        loadUploads(transaction, owner.userId, body),
      ]);
      return { ...quotas.read(rows).uploads, ...page };
    });
  }
}
