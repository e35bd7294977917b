import {
  type UserDataErasure,
  type UserErasure,
  eraseUserPayloads,
  findUser,
  userErasureSchema,
  userRefSchema,
} from '@gatehouse/contracts';
import { RequestClient, type RequestContext, RequestRefusedError } from '@gatehouse/messaging';
import { Controller, Delete, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Access } from '../../access/access';
import { AuditTrail } from '../../audit/audit-trail';
import { type CallerRequest } from '../../caller/caller';
import { ClerkIds } from '../find-user/clerk-ids';
import { eraseOwnData } from './erase-own-data';

const forceSchema = z.strictObject({
  force: z.stringbool().default(false).describe('`true`: also a user whom Clerk has not deleted.'),
});

/** `DELETE /admin/webhook-events/payloads/:user`: erases the stored payloads of a user, and its rows in user-data. */
@Controller('admin/webhook-events/payloads')
@ApiTags('admin-users')
export class EraseUserController {
  constructor(
    private readonly services: RequestClient,
    private readonly audit: AuditTrail,
    private readonly clerkIds: ClerkIds,
  ) {}

  @Delete(':user')
  @Access({ access: 'admin', permission: 'webhook-events:erase', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'eraseUser',
    summary: 'Erase all stored payloads and all own data of a user that Clerk has deleted; with force, of any user',
    description:
      'Repeatable: erases what was written since. If `userData.complete` is false, more rows are left: repeat it.',
  })
  @ApiOkResponse({ description: 'What was erased', standardSchema: userErasureSchema })
  async erase(
    @Req() { caller }: CallerRequest,
    @Param('user', { schema: userRefSchema }) user: string,
    @Query({ schema: forceSchema }) { force }: z.output<typeof forceSchema>,
  ): Promise<UserErasure> {
    const clerkUserId = await this.clerkIds.of(user, caller);
    const erasure = await this.services.send(eraseUserPayloads, { clerkUserId, force }, caller);
    const { id, events, bodies } = erasure;
    await this.audit.done('payloads.erase', clerkUserId, { erasureId: id, events, bodies, force }, caller);
    // user-data writes its own audit entry.
    return { ...erasure, userData: await this.eraseRows(clerkUserId, caller) };
  }

  /** Erases the rows of a user in user-data; null if user-sync does not know the user, who then never had any. */
  private async eraseRows(clerkUserId: string, caller: RequestContext): Promise<UserDataErasure | null> {
    const found = await this.services.send(findUser, { user: clerkUserId }, caller).catch((error: unknown) => {
      if (error instanceof RequestRefusedError && error.reason === 'not_found') return undefined;
      throw error;
    });
    if (found === undefined) return null;
    return eraseOwnData(this.services, found.userId, caller);
  }
}
