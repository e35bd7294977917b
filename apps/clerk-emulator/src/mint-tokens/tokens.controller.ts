import { Body, Controller, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { ClerkParams } from '../http/clerk-params.pipe';
import { BackendApiGuard } from '../serve-api/backend-api.guard';
import { TokenMinter } from './token-minter';

/** A session token as Clerk's Backend API returns it. */
export interface TokenObject {
  object: 'token';
  jwt: string;
}

const version = z.union([z.literal(1), z.literal(2)]);
const bodyParams = z.strictObject({
  version: version.optional(),
  expires_in_seconds: z.number().int().min(30).max(315_360_000).nullish(),
});
const queryParams = z.object({
  version: z
    .enum(['1', '2'], 'must be 1 or 2.')
    .transform((text): 1 | 2 => (text === '1' ? 1 : 2))
    .optional(),
});

/**
 * `/v1/sessions/:id/tokens` of Clerk's Backend API. One parameter does not exist at Clerk: `version`, the version of
 * the token's format (1 or 2), in the body or query.
 */
@Controller('v1/sessions')
@UseGuards(BackendApiGuard)
export class TokensController {
  constructor(private readonly minter: TokenMinter) {}

  @Post(':id/tokens')
  @HttpCode(200)
  async mint(
    @Param('id') id: string,
    @Body(new ClerkParams(bodyParams)) body: z.output<typeof bodyParams>,
    @Query(new ClerkParams(queryParams)) query: z.output<typeof queryParams>,
  ): Promise<TokenObject> {
    const jwt = await this.minter.mint(id, {
      version: body.version ?? query.version,
      expiresInSeconds: body.expires_in_seconds ?? undefined,
    });
    return { object: 'token', jwt };
  }
}
