import { type EnvelopeClaims, type ReplyOf, deleteUser } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { repeatOnConflict } from '@gatehouse/persistence';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { answerRequest } from '../../requests/answer-request';
import { TrustChangePropagation } from '../../trust/lease-gateways/trust-change-propagation';
import { requireUser } from '../../user-rows/find-user';
import { loadAdmin, lockRow } from '../../user-rows/load-admin';
import { presentUserToAdmin } from '../../user-rows/present-user';
import { lockAdmins, requireEndable } from '../manage-users/active-admins';
import { type ChangedUser } from '../manage-users/change-user';
import { deleteLocalUser } from './delete-local-user';

/**
 * Deletes local users, for admins. Before the reply, waits up to 3.5 s until the deletion is in force at every gateway.
 */
@Controller()
export class DeleteUserController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly propagation: TrustChangePropagation,
  ) {}

  @RequestHandler(deleteUser)
  async delete(@Payload() { body, envelope }: VerifiedRequest<typeof deleteUser>): Promise<ReplyOf<typeof deleteUser>> {
    const work = (manager: EntityManager) => deleteIn(manager, body.userId, envelope);
    const { number, user } = await answerRequest(() => repeatOnConflict(() => this.dataSource.transaction(work)));
    return { user, propagation: await this.propagation.propagate(number) };
  }
}

async function deleteIn(manager: EntityManager, ref: string, envelope: EnvelopeClaims): Promise<ChangedUser> {
  await lockAdmins(manager);
  const admin = await loadAdmin(manager, envelope);
  const { id } = await requireUser(manager, ref);
  await requireEndable(manager, admin, id);
  const user = await lockRow(manager, id);
  if (user.authProvider !== 'local') {
    throw new RequestRefusedError(
      'conflict',
      'The user is a Clerk user. Delete it at Clerk: the user.deleted event then deletes it here.',
    );
  }
  if (user.deletedAt !== null) return { number: null, user: presentUserToAdmin(user) };
  return deleteLocalUser(manager, envelope, id);
}
