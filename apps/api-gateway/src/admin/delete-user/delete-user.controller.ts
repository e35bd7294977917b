import { type DeletedUser, deletedUserSchema, deleteUser, userRefSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Controller, Delete, Inject, Param, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Logger } from 'pino';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';
import { MayAnswer } from '../../problems/may-answer';
import { eraseOwnData } from '../erase-user/erase-own-data';

/** `DELETE /admin/users/:id`: deletes a local user, and its rows in user-data. */
@Controller('admin/users')
@ApiTags('admin-users')
export class DeleteUserController {
  constructor(
    private readonly services: RequestClient,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Delete(':id')
  @Access({ access: 'admin', permission: 'users:delete', rateClass: 'admin' })
  @MayAnswer('last_admin')
  @ApiOperation({
    operationId: 'deleteUser',
    summary: 'Delete a local user, for ever, and all its own data; responds when no gateway accepts it any more',
    description:
      'A Clerk user is 409 `conflict`: delete it at Clerk. Repeatable with our id: if `userData` is null, or ' +
      '`userData.complete` is false, data is left.',
  })
  @ApiOkResponse({
    description:
      'The user without personal data. `propagation` tells how many gateways have acknowledged the deletion.',
    standardSchema: deletedUserSchema,
  })
  async delete(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) userId: string,
  ): Promise<DeletedUser> {
    const deleted = await this.services.send(deleteUser, { userId }, caller);
    const { id } = deleted.user;
    try {
      return { ...deleted, userData: await eraseOwnData(this.services, id, caller) };
    } catch (error) {
      // The deletion is committed. user-data learns of it from the stream too, and erases the data then.
      this.log.warn({ err: error, userId: id }, 'erasing the data of a deleted user failed; user-data erases it later');
      return { ...deleted, userData: null };
    }
  }
}
