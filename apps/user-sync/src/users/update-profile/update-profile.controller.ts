import { type ProfilePatch, type User, updateMe } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, requirePrincipal, type VerifiedRequest } from '@gatehouse/messaging';
import { isStorable } from '@gatehouse/persistence';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { answerRequest } from '../../requests/answer-request';
import { UserEntity } from '../../database/user.entity';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { loadCaller, lockCaller } from '../../user-rows/load-caller';
import { presentUser } from '../../user-rows/present-user';

/** Changes what is the calling user's own to change: its profile, never what Clerk owns. */
@Controller()
export class UpdateProfileController {
  constructor(private readonly dataSource: DataSource) {}

  @RequestHandler(updateMe)
  update(@Payload() { body, envelope }: VerifiedRequest<typeof updateMe>): Promise<User> {
    const principal = requirePrincipal(envelope);
    refuseUnstorable(body);
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

function refuseUnstorable(patch: ProfilePatch): void {
  for (const [field, value] of Object.entries(patch)) {
    const texts = typeof value === 'string' ? [value] : Object.values(value ?? {});
    if (!texts.every(isStorable)) {
      throw new RequestRefusedError('invalid_request', `${field}: contains characters that cannot be stored`);
    }
  }
}
