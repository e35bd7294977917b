import { type ParsedRequestOf, type ReplyOf, resolvePrincipal } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { currentNumber } from '../announce-changes/record-changes';
import { answerRequest } from '../answer-request';
import { ClerkTombstoneEntity } from '../database/clerk-tombstone.entity';
import { UserEntity } from '../database/user.entity';
import { hasEnded } from '../end-trust/has-ended';
import { DatabaseRefusedError } from '../errors';
import { mayAct } from '../show-me/load-caller';
import { FirstLogin } from './first-login';

const UNIQUE_VIOLATION = '23505';

type Resolved = ReplyOf<typeof resolvePrincipal>;
type Session = ParsedRequestOf<typeof resolvePrincipal>;

/** Finds out whom a Clerk session belongs to here; a user that is not here yet is made just in time. */
@Controller()
export class ResolvePrincipalController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(FirstLogin) private readonly firstLogin: FirstLogin,
  ) {}

  @RequestHandler(resolvePrincipal)
  async resolve(@Payload() { body, envelope }: VerifiedRequest<typeof resolvePrincipal>): Promise<Resolved> {
    const { clerkUserId } = body;
    const found = await this.find(body);
    if (found !== undefined) return { ...found, isNewUser: false };
    const { decision } = await this.create(clerkUserId, envelope.rid);
    const made = await this.find(body);
    if (made === undefined) throw new RequestRefusedError('unavailable', 'the user is not here yet');
    return { ...made, isNewUser: decision === 'create' };
  }

  private async create(clerkUserId: string, requestId: string): Promise<{ readonly decision: string }> {
    try {
      return await this.firstLogin.create(clerkUserId, requestId);
    } catch (error) {
      if (!(error instanceof DatabaseRefusedError && error.sqlState === UNIQUE_VIOLATION)) throw error;
      throw new RequestRefusedError('conflict', 'another user here holds the e-mail address or phone number', {
        cause: error,
      });
    }
  }

  /** The user, undefined when it was never here. Throws a refusal for a deleted one. */
  private find({ clerkUserId, sessionId }: Session): Promise<Omit<Resolved, 'isNewUser'> | undefined> {
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      // Before all that it vouches for.
      const change = await currentNumber(manager);
      const user = await manager.findOneBy(UserEntity, { clerkUserId });
      const gone = user === null ? await manager.existsBy(ClerkTombstoneEntity, { clerkUserId }) : user.deletedAt;
      if (gone) throw new RequestRefusedError('user_deleted', 'the user was deleted');
      if (user === null) return undefined;
      return {
        change,
        sessionEnded: await hasEnded(manager, sessionId),
        userId: user.id,
        clerkUserId,
        role: user.role,
        tier: user.subscription,
        isActive: mayAct(user),
      };
    });
  }
}
