import { countedAddress } from '@gatehouse/http-edge';
import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { RateLimitedError } from '../../errors';
import { RateLimiter } from '../../limits/rate-limiter';

/** Limits how many referral codes a user, or an address, can try. */
@Injectable()
export class ReferralGuesses {
  constructor(private readonly limits: RateLimiter) {}

  /**
   * Counts one try. `who`: Clerk's id of the user, or our id of a local user. A phone exchange does not know our id, so
   * only Clerk's id makes tries at both routes share one limit.
   * @throws RateLimitedError
   */
  async count(who: string, { ip }: FastifyRequest): Promise<void> {
    await this.limits.consume('referralCodeOfUser', who);
    await this.limits.consume('referralCodeFromAddress', countedAddress(ip));
  }

  /** Counts one try and returns whether it is within the limits. */
  async isAllowed(who: string, request: FastifyRequest): Promise<boolean> {
    try {
      await this.count(who, request);
      return true;
    } catch (error) {
      if (error instanceof RateLimitedError) return false;
      throw error;
    }
  }
}
