import { type ScopeList, scopeListSchema, scopes } from '@gatehouse/contracts';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';

const list: ScopeList = {
  items: Object.entries(scopes).map(([scope, description]) => ({ scope, description })),
};

/** `GET /api/scopes`: the scopes that an API key can have. */
@Controller('api/scopes')
@ApiTags('keys')
export class ScopesController {
  @Get()
  @Access({ access: 'user', permission: 'keys:read', rateClass: 'read', scope: 'none' })
  @ApiOperation({ operationId: 'listScopes', summary: 'List the scopes of API keys; either side of a scope may be *' })
  @ApiOkResponse({ description: 'Each scope and what it grants', standardSchema: scopeListSchema })
  show(): ScopeList {
    return list;
  }
}
