import { type UserDataErasure, eraseUserData } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest, requireAdmin } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { recordAudit } from '../audit/record-audit';
import { UserEraser } from './user-eraser';

/** No further transaction begins after this time: the gateway waits for 15 s; milliseconds. */
const PATIENCE_MS = 3_000;

/** Deletes every row of a user, for admins. */
@Controller()
export class EraseUserController {
  constructor(private readonly eraser: UserEraser) {}

  @RequestHandler(eraseUserData)
  async erase(@Payload() { body, envelope }: VerifiedRequest<typeof eraseUserData>): Promise<UserDataErasure> {
    const admin = requireAdmin(envelope);
    const { userId } = body;
    const { at, rows, complete } = await this.eraser.erase(
      userId,
      performance.now() + PATIENCE_MS,
      (transaction, deleted) =>
        recordAudit(transaction, envelope, admin, userId, { action: 'data.erase', details: deleted }),
    );
    return { at: at.toISOString(), rows, complete };
  }
}
