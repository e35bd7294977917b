import { type ScopeList, scopeListSchema, scopes } from '@gatehouse/contracts';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';

const list: ScopeList = {
  items: Object.entries(scopes).map(([scope, description]) => ({ scope, description })),
};

/** `GET /api/scopes`: what an API key can be allowed to do. */
@Controller('api/scopes')
@ApiTags('keys')
export class ScopesController {
  @Get()
  @Access({ access: 'user', permission: 'keys:read', rateClass: 'read', scope: 'none' })
  @ApiOperation({ summary: 'The scopes of API keys; either side of one may be *' })
  @ApiOkResponse({ description: 'Each scope, and what it allows', standardSchema: scopeListSchema })
  show(): ScopeList {
    return list;
  }
}
