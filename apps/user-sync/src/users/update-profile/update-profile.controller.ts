import { isDeepStrictEqual } from 'node:util';
import { type User, matchesVersion, updateMe } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, requirePrincipal, type VerifiedRequest } from '@gatehouse/messaging';
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
    const { ifMatch, ...given } = body;
    requireStorable(given);
    return answerRequest(() =>
      this.dataSource.transaction(async (manager) => {
        const before = await lockCaller(manager, principal);
        if (!matchesVersion(before.version, ifMatch)) {
          throw new RequestRefusedError(
            'version_mismatch',
            `The profile has changed: its version is ${before.version}.`,
          );
        }
        const patch = changesOf(before, given);
        const fields = Object.keys(patch).sort().join(', ');
        if (fields === '') return presentUser(before);
        const { id } = before;
        await manager.update(UserEntity, { id }, { ...patch, updatedAt: () => 'now()' });
        await recordAudit(manager, envelope, { action: 'profile.update', userId: id, details: { fields } });
        return presentUser(await loadCaller(manager, principal));
      }),
    );
  }
}

/** The given fields whose values differ from the stored ones. */
function changesOf<Fields extends Partial<UserEntity>>(before: UserEntity, given: Fields): Partial<Fields> {
  const changed = Object.entries(given).filter(
    ([name, value]) => value !== undefined && !isDeepStrictEqual(value, before[name as keyof UserEntity]),
  );
  return Object.fromEntries(changed) as Partial<Fields>;
}
