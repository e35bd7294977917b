import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Access } from '../../access/access';
import { type GatewayConfig } from '../../config';
import { explainRequest, gateEdges } from '../../gate/policy/explain-request';
import { CONFIG } from '../../tokens';
import { explanationView, gateExplanationSchema, gatePolicySchema, policyView } from './gate-views';

const MAX_HOST = 260;
const MAX_PATH = 8_192;

const querySchema = z.strictObject({
  method: z
    .string()
    .regex(/^[A-Z][A-Z-]{0,31}$/, 'must be one HTTP method in upper case')
    .describe('Such as `GET`.'),
  host: z.string().min(1).max(MAX_HOST).describe('Host of the request, as the client names it.'),
  path: z.string().min(1).max(MAX_PATH).describe('Path of the request, as the client sends it. A query is ignored.'),
  edge: z
    .enum(gateEdges)
    .default('gateway')
    .describe('Where the request arrives: at the gateway itself, or at a proxy that asks by forward auth.'),
});

/** `/admin/gate`: the policy of the gate, and what it decides. Answers for this gateway alone. */
@Controller('admin/gate')
@ApiTags('admin-gate')
export class ExplainGateController {
  constructor(@Inject(CONFIG) private readonly config: GatewayConfig) {}

  @Get()
  @Access({ access: 'admin', permission: 'gate:read', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'getGatePolicy',
    summary: 'Show which gate policy this gateway uses, and why a newer one is rejected',
  })
  @ApiOkResponse({ description: 'The policy in use', standardSchema: gatePolicySchema })
  show(): z.output<typeof gatePolicySchema> {
    return policyView(this.config.gate);
  }

  @Get('explain')
  @Access({ access: 'admin', permission: 'gate:read', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'explainGateRequest',
    summary: 'Explain which route of the gate policy decides on a request, and why each earlier one does not',
    description: 'No request is made, and none is counted. Credentials and rate limits are not considered.',
  })
  @ApiOkResponse({ description: 'What becomes of the request, and why', standardSchema: gateExplanationSchema })
  explain(
    @Query({ schema: querySchema }) { edge, ...request }: z.output<typeof querySchema>,
  ): z.output<typeof gateExplanationSchema> {
    return explanationView(explainRequest(this.config.gate.policy.current, edge, request), this.config);
  }
}
