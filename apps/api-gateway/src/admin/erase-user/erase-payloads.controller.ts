import { type Erasure, eraseUserPayloads, userRefSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Delete, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type CallerRequest } from '../../caller/caller';
import { Access } from '../../access/access';
import { ClerkIds } from '../find-user/clerk-ids';
import { AuditTrail } from '../../audit/audit-trail';

const forceSchema = z.strictObject({ force: z.stringbool().default(false) });

/** `DELETE /admin/webhook-events/payloads/:user`: a deleted user's payloads are erased. */
@Controller('admin/webhook-events/payloads')
@ApiTags('admin')
export class ErasePayloadsController {
  constructor(
    private readonly services: RequestClient,
    private readonly audit: AuditTrail,
    private readonly clerkIds: ClerkIds,
  ) {}

  @Delete(':user')
  @Access({ access: 'admin', permission: 'webhook-events:erase', rateClass: 'admin' })
  @ApiOperation({ summary: 'Erase every stored payload of a user whom Clerk has deleted (force: of any)' })
  @ApiOkResponse({ description: 'What was removed', standardSchema: eraseUserPayloads.reply })
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
