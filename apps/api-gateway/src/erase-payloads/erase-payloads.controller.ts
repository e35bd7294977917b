import { type Erasure, eraseUserPayloads } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Delete, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type CallerRequest } from '../authenticate/caller';
import { Access } from '../declare-access/access';

const forceSchema = z.strictObject({ force: z.stringbool().default(false) });

/** `DELETE /admin/webhook-events/payloads/:clerkUserId`: a deleted user's payloads are erased. */
@Controller('admin/webhook-events/payloads')
@ApiTags('admin')
export class ErasePayloadsController {
  constructor(private readonly services: RequestClient) {}

  @Delete(':clerkUserId')
  @Access({ access: 'admin', permission: 'webhook-events:erase', rateClass: 'admin' })
  @ApiOperation({ summary: 'Erase every stored payload of a user whom Clerk has deleted (force: of any)' })
  @ApiOkResponse({ description: 'What was removed', standardSchema: eraseUserPayloads.reply })
  erase(
    @Req() { caller }: CallerRequest,
    @Param('clerkUserId', { schema: eraseUserPayloads.request.shape.clerkUserId }) clerkUserId: string,
    @Query({ schema: forceSchema }) { force }: z.output<typeof forceSchema>,
  ): Promise<Erasure> {
    return this.services.send(eraseUserPayloads, { clerkUserId, force }, caller);
  }
}
