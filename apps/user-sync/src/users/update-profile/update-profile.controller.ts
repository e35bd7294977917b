import { type User, updateMe } from '@gatehouse/contracts';
import { RequestHandler, requirePrincipal, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { UserEntity } from '../../database/user.entity';
import { answerRequest } from '../../requests/answer-request';
import { requireStorable } from '../../requests/require-storable';
import { loadCaller, lockCaller } from '../../user-rows/load-caller';
import { presentUser } from '../../user-rows/present-user';

/** Changes the profile of the calling user; never the columns that Clerk owns. */
@Controller()
export class UpdateProfileController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(updateMe)
  update(@Payload() { body, envelope }: VerifiedRequest<typeof updateMe>): Promise<User> {
    const principal = requirePrincipal(envelope);
    requireStorable(body);
    return answerRequest(() =>
      this.dataSource.transaction(async (manager) => {
        const { id } = await lockCaller(manager, principal);
        const patch = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
        const fields = Object.keys(patch).sort().join(', ');
        if (fields !== '') {
          await manager.update(UserEntity, { id }, { ...patch, updatedAt: () => 'now()' });
          await recordAudit(manager, envelope, { action: 'profile.update', userId: id, details: { fields } });
        }
        return presentUser(await loadCaller(manager, principal));
      }),
    );
  }
}
