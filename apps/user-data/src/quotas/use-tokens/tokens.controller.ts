import {
  type ReplyOf,
  commitReservation,
  consumeTokens,
  releaseReservation,
  reserveTokens,
} from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { QuotaRequests } from '../balance/quota-requests';
import { reserveQuota } from '../balance/reserve-quota';
import { settleReservation } from '../balance/settle-reservation';
import { consumeQuota } from '../balance/take-quota';

/** Uses the quota of tokens of the caller. */
@Controller()
export class TokensController {
  constructor(private readonly requests: QuotaRequests) {}

  @RequestHandler(consumeTokens)
  consume(@Payload() request: VerifiedRequest<typeof consumeTokens>): Promise<ReplyOf<typeof consumeTokens>> {
    const { amount } = request.body;
    return this.requests.answer(request, (acting) => consumeQuota(acting, { kind: 'tokens', amount }));
  }

  @RequestHandler(reserveTokens)
  reserve(@Payload() request: VerifiedRequest<typeof reserveTokens>): Promise<ReplyOf<typeof reserveTokens>> {
    const { amount, ttlSeconds: holdSeconds } = request.body;
    return this.requests.answer(request, (acting) => reserveQuota(acting, { kind: 'tokens', amount, holdSeconds }));
  }

  @RequestHandler(commitReservation)
  commit(@Payload() request: VerifiedRequest<typeof commitReservation>): Promise<ReplyOf<typeof commitReservation>> {
    const { id, amount } = request.body;
    return this.requests.answer(request, (acting) => settleReservation(acting, id, { type: 'commit', amount }));
  }

  @RequestHandler(releaseReservation)
  release(@Payload() request: VerifiedRequest<typeof releaseReservation>): Promise<ReplyOf<typeof releaseReservation>> {
    const { id } = request.body;
    return this.requests.answer(request, (acting) => settleReservation(acting, id, { type: 'release' }));
  }
}
