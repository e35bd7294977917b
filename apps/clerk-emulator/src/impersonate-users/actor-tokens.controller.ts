import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { type ClerkSession } from '../clerk/session';
import { BackendApiGuard } from '../serve-api/backend-api.guard';
import { ClerkParams } from '../http/clerk-params.pipe';
import { actor } from '../http/common.schemas';
import { type ActorToken, ActorTokens } from './actor-tokens';

const createParams = z.strictObject({
  user_id: z.string(),
  actor,
  expires_in_seconds: z.number().int().min(1).max(31_536_000).nullish(),
  session_max_duration_in_seconds: z.number().int().min(1).max(31_536_000).nullish(),
});
type CreateActorTokenParams = z.output<typeof createParams>;

const ticketParams = z.strictObject({ ticket: z.string().max(500) });

/**
 * Serves `/v1/actor_tokens` of Clerk's Backend API. Also serves `/emulator/sign-in-by-ticket`, where a test or a person
 * signs in by the ticket of an actor token. At Clerk, the actor's browser signs in by the ticket; the Backend API has
 * no such route.
 */
@Controller()
export class ActorTokensController {
  constructor(private readonly tokens: ActorTokens) {}

  @Post('v1/actor_tokens')
  @UseGuards(BackendApiGuard)
  @HttpCode(200)
  create(@Body(new ClerkParams(createParams)) params: CreateActorTokenParams): ActorToken {
    return this.tokens.create(params);
  }

  @Post('v1/actor_tokens/:id/revoke')
  @UseGuards(BackendApiGuard)
  @HttpCode(200)
  revoke(@Param('id') id: string): ActorToken {
    return this.tokens.revoke(id);
  }

  /**
   * Signs the actor in as the user, by the ticket. Tokens of the new session have the claim `act`, which names the
   * actor.
   */
  @Post('emulator/sign-in-by-ticket')
  @HttpCode(200)
  redeem(@Body(new ClerkParams(ticketParams)) { ticket }: z.output<typeof ticketParams>): ClerkSession {
    return this.tokens.redeem(ticket);
  }
}
