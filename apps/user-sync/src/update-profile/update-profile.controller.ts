import { type ProfilePatch, type User, updateMe } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, IsNull } from 'typeorm';
import { answerRequest, requirePrincipal } from '../answer-request';
import { UserEntity } from '../database/user.entity';
import { isStorable } from '../map-clerk-user/storable-text';
import { loadCaller } from '../show-me/load-caller';
import { presentUser } from '../show-me/present-user';

/** Changes what is the calling user's own to change: its profile, never what Clerk owns. */
@Controller()
export class UpdateProfileController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @RequestHandler(updateMe)
  update(@Payload() { body, envelope }: VerifiedRequest<typeof updateMe>): Promise<User> {
    const principal = requirePrincipal(envelope);
    refuseUnstorable(body);
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      const { id } = await loadCaller(manager, principal);
      const patch = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
      if (Object.keys(patch).length > 0) {
        // A deletion in between has redacted the row: nothing may be written into it again.
        await manager.update(UserEntity, { id, deletedAt: IsNull() }, { ...patch, updatedAt: () => 'now()' });
      }
      return presentUser(await loadCaller(manager, principal));
    });
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
