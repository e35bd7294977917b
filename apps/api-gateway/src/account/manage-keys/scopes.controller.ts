import { type ScopeList, scopeListSchema } from '@gatehouse/contracts';
import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { KnownScopes } from './known-scopes';

/** `GET /api/scopes`: the scopes that an API key can have. */
@Controller('api/scopes')
@ApiTags('keys')
export class ScopesController {
  constructor(private readonly scopes: KnownScopes) {}

  @Get()
  @Access({ access: 'user', permission: 'keys:read', rateClass: 'read', scope: 'none' })
  @ApiOperation({ operationId: 'listScopes', summary: 'List the scopes of API keys; either side of a scope may be *' })
  @ApiOkResponse({
    description: 'Each scope, what it grants, and whether it is of Gatehouse or declared by the gate policy',
    standardSchema: scopeListSchema,
  })
  show(): ScopeList {
    return this.scopes.list;
  }
}
