import {
  type ReplyOf,
  auditActions,
  auditedServices,
  dataAuditActions,
  findUser,
  listAudit,
  listDataAudit,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';
import { RequestInvalidError } from '../../errors';

const filterSchema = listAudit.request
  .extend({
    /** Whose audit log: user-data has one of what admins did with the data of users. */
    service: z
      .enum(auditedServices)
      .default('user-sync')
      .describe('Whose log; `user-data` has what admins did with data of users.'),
    action: z.enum([...auditActions, ...dataAuditActions]).optional(),
  })
  .strict();

/** `GET /admin/audit`: who did what, with which credential. */
@Controller('admin/audit')
@ApiTags('admin-audit')
export class ListAuditController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'admin', permission: 'audit:read', rateClass: 'admin' })
  @ApiOperation({ operationId: 'listAuditEntries', summary: 'List the entries of the audit log, newest first' })
  @ApiOkResponse({ description: 'One page', standardSchema: listAudit.reply })
  async list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: filterSchema }) { service, action, ...filter }: z.output<typeof filterSchema>,
  ): Promise<ReplyOf<typeof listAudit>> {
    if (service === 'user-sync') {
      return this.services.send(listAudit, { ...filter, action: actionOf(action, auditActions) }, caller);
    }
    const { userId: user, ...rest } = filter;
    const userId = user === undefined ? undefined : (await this.services.send(findUser, { user }, caller)).userId;
    return this.services.send(listDataAudit, { ...rest, userId, action: actionOf(action, dataAuditActions) }, caller);
  }
}

/** An action of this service's audit log. @throws RequestInvalidError for one of another service */
function actionOf<Action extends string>(action: string | undefined, actions: readonly Action[]): Action | undefined {
  if (action === undefined) return undefined;
  const known = actions.find((one) => one === action);
  if (known !== undefined) return known;
  throw new RequestInvalidError([
    { in: 'query', field: 'action', message: `is not in this log: use one of ${actions.join(', ')}` },
  ]);
}
