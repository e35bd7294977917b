import {
  type ParsedRequestOf,
  type Referral,
  getReferral,
  referralRejections,
  referralSchema,
  useReferralCode,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';
import { ReferralGuesses } from './referral-guesses';
import { MayAnswer } from '../../problems/may-answer';

/** `/api/referral`: the caller's own referral code, and the one that it has used. */
@Controller('api/referral')
@ApiTags('profile')
export class ReferralController {
  constructor(
    private readonly services: RequestClient,
    private readonly guesses: ReferralGuesses,
  ) {}

  @Get()
  @Access({ access: 'user', permission: 'profile:read', rateClass: 'read' })
  @ApiOperation({ operationId: 'getReferral', summary: 'Show my referral code, and the code that I have used' })
  @ApiOkResponse({ description: 'My referrals', standardSchema: referralSchema })
  show(@Req() { caller }: CallerRequest): Promise<Referral> {
    return this.services.send(getReferral, {}, caller);
  }

  @Post()
  @HttpCode(200)
  @Access({ access: 'user', permission: 'referral:write', rateClass: 'write' })
  @MayAnswer(...referralRejections)
  @ApiOperation({
    operationId: 'useReferralCode',
    summary: 'Use the referral code of another user, once, within 24 hours of my first login',
    description:
      'The same code again changes nothing and answers the same, so the request can be repeated. Rejected codes: 422 ' +
      '`referral_code_unknown`; 409 `referral_own_code`, `referral_used`, `referral_too_late`, `referral_mutual`.',
  })
  @ApiOkResponse({ description: 'My referrals', standardSchema: referralSchema })
  @ApiResponse({ status: 422, description: 'No active user has this code: `referral_code_unknown`' })
  async use(
    @Req() request: CallerRequest,
    @Body({ schema: useReferralCode.request }) body: ParsedRequestOf<typeof useReferralCode>,
  ): Promise<Referral> {
    const { clerkUserId, userId } = request.caller.principal;
    await this.guesses.count(clerkUserId ?? userId, request);
    return this.services.send(useReferralCode, body, request.caller);
  }
}
