import { type UserQuotas, showQuotas } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { loadQuotas } from '../balance/load-quotas';
import { QuotaRequests } from '../balance/quota-requests';

/** Shows the quotas of the caller. */
@Controller()
export class ShowQuotasController {
  constructor(private readonly requests: QuotaRequests) {}

  @RequestHandler(showQuotas)
  show(@Payload() { envelope }: VerifiedRequest<typeof showQuotas>): Promise<UserQuotas> {
    return this.requests.show({ envelope }, loadQuotas);
  }
}
