import { Controller, Get, Inject, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';
import { type GatewayConfig } from '../../config';
import { CONFIG } from '../../tokens';
import { TrustChangeFeed } from '../../trust/trust-change-feed';
import { type Explanation, checksOf, explanationSchema } from './explanation';

/** `GET /auth/explain`: why the gateway accepted the credential of this request. */
@Controller('auth/explain')
@ApiTags('auth')
export class ExplainCredentialController {
  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig,
    private readonly feed: TrustChangeFeed,
  ) {}

  @Get()
  @Access({ access: 'admin', permission: 'session:explain', rateClass: 'admin', scope: 'none' })
  @ApiOperation({
    operationId: 'explainCredential',
    summary: 'Show which verifier accepted this request and what it checked',
  })
  @ApiOkResponse({
    description: 'The row of the credential table, the verifier, its checks and the principal',
    standardSchema: explanationSchema,
  })
  explain(@Req() { caller: { principal }, raw }: CallerRequest): Explanation {
    const { method } = principal;
    return {
      order: orderOf(method, 'x-api-key' in raw.headers),
      verifier: method,
      checks: checksOf(method, this.config.clerk),
      principal,
      changes: { number: this.feed.current, trusting: this.feed.trusting },
    };
  }
}

function orderOf(method: Explanation['verifier'], byHeader: boolean): number {
  if (method === 'api_key') return byHeader ? 1 : 2;
  return method === 'clerk_session' ? 3 : 4;
}
