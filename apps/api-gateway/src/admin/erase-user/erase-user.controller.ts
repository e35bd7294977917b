import { type Erasure, eraseUserPayloads, userRefSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Delete, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Access } from '../../access/access';
import { AuditTrail } from '../../audit/audit-trail';
import { type CallerRequest } from '../../caller/caller';
import { ClerkIds } from '../find-user/clerk-ids';

const forceSchema = z.strictObject({ force: z.stringbool().default(false) });

/** `DELETE /admin/webhook-events/payloads/:user`: erases the stored payloads of a user. */
@Controller('admin/webhook-events/payloads')
@ApiTags('admin')
export class EraseUserController {
  constructor(
    private readonly services: RequestClient,
    private readonly audit: AuditTrail,
    private readonly clerkIds: ClerkIds,
  ) {}

  @Delete(':user')
  @Access({ access: 'admin', permission: 'webhook-events:erase', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'eraseErasePayloads',
    summary: 'Erase all stored payloads of a user that Clerk has deleted; with force, of any user',
  })
  @ApiOkResponse({ description: 'What was erased', standardSchema: eraseUserPayloads.reply })
  async erase(
    @Req() { caller }: CallerRequest,
    @Param('user', { schema: userRefSchema }) user: string,
    @Query({ schema: forceSchema }) { force }: z.output<typeof forceSchema>,
  ): Promise<Erasure> {
    const clerkUserId = await this.clerkIds.of(user, caller);
    const erasure = await this.services.send(eraseUserPayloads, { clerkUserId, force }, caller);
    const { id, events, bodies } = erasure;
    await this.audit.done('payloads.erase', clerkUserId, { erasureId: id, events, bodies, force }, caller);
    return erasure;
  }
}
