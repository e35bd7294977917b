import {
  type AdminUser,
  type AuditAction,
  type ChangeReason,
  type EnvelopeClaims,
  type ReplyOf,
  activateUser,
  deactivateUser,
  setUserRole,
  setUserTier,
  showUser,
} from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { runStatements } from '@gatehouse/persistence';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { recordChanges } from '../announce-changes/record-changes';
import { answerRequest } from '../answer-request';
import { UserEntity } from '../database/user.entity';
import { recordAudit } from '../keep-audit/record-audit';
import { closeLegacySessions } from '../keep-legacy-sessions/legacy-sessions';
import { ChangePropagation } from '../lease-gateways/change-propagation';
import { presentUserToAdmin } from '../show-me/present-user';
import { oweWriteBacks } from '../write-back/owe-write-backs';
import { loadAdmin, lockUser } from './load-admin';
import { tierLimits } from './tier-limits';

type Columns = Partial<
  Pick<
    UserEntity,
    'role' | 'isActive' | 'subscription' | 'tokensMonthlyLimit' | 'tokensRemaining' | 'uploadsMonthlyLimit'
  >
>;
type Changed = ReplyOf<typeof setUserRole>;

/** What an admin does to a user. */
interface Deed {
  readonly userId: string;
  readonly action: AuditAction;
  readonly reason: ChangeReason;
  /** Whether admins may do it to themselves. */
  readonly toOneself: boolean;
  readonly columns: (user: UserEntity) => Columns;
  readonly details?: (user: UserEntity) => Record<string, unknown>;
  readonly endsSessions?: boolean;
}

/** What admins do to users: in force at every gateway when they are answered. */
@Controller()
export class ManageUsersController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ChangePropagation) private readonly propagation: ChangePropagation,
  ) {}

  @RequestHandler(showUser)
  show(@Payload() { body, envelope }: VerifiedRequest<typeof showUser>): Promise<AdminUser> {
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      await loadAdmin(manager, envelope);
      const user = await manager.findOneBy(UserEntity, { id: body.userId });
      if (user === null) throw new RequestRefusedError('not_found', 'there is no such user');
      return presentUserToAdmin(user);
    });
  }

  @RequestHandler(setUserRole)
  setRole(@Payload() { body, envelope }: VerifiedRequest<typeof setUserRole>): Promise<Changed> {
    const { userId, role } = body;
    return this.perform(envelope, {
      ...{ userId, action: 'user.role', reason: 'role', toOneself: false },
      columns: () => ({ role }),
      details: (user) => ({ before: user.role, after: role }),
    });
  }

  @RequestHandler(setUserTier)
  setTier(@Payload() { body, envelope }: VerifiedRequest<typeof setUserTier>): Promise<Changed> {
    const { userId, tier } = body;
    if (tier !== 'enterprise' && (body.tokensMonthlyLimit ?? body.uploadsMonthlyLimit) !== undefined) {
      throw new RequestRefusedError('invalid_request', 'only the limits of enterprise are set by admins');
    }
    const tokens = body.tokensMonthlyLimit ?? tierLimits[tier].tokens;
    const uploads = body.uploadsMonthlyLimit ?? tierLimits[tier].uploads;
    return this.perform(envelope, {
      ...{ userId, action: 'user.tier', reason: 'tier', toOneself: true },
      columns: ({ tokensUsed }) => ({
        subscription: tier,
        tokensMonthlyLimit: tokens,
        tokensRemaining: Math.max(0, tokens - tokensUsed),
        uploadsMonthlyLimit: uploads,
      }),
      details: (user) => ({ before: user.subscription, after: tier }),
    });
  }

  @RequestHandler(deactivateUser)
  deactivate(@Payload() { body, envelope }: VerifiedRequest<typeof deactivateUser>): Promise<Changed> {
    return this.perform(envelope, {
      ...{ userId: body.userId, action: 'user.deactivate', reason: 'deactivated', toOneself: false },
      columns: () => ({ isActive: false }),
      endsSessions: true,
    });
  }

  @RequestHandler(activateUser)
  activate(@Payload() { body, envelope }: VerifiedRequest<typeof activateUser>): Promise<Changed> {
    return this.perform(envelope, {
      ...{ userId: body.userId, action: 'user.activate', reason: 'activated', toOneself: false },
      columns: () => ({ isActive: true }),
    });
  }

  private async perform(envelope: EnvelopeClaims, deed: Deed): Promise<Changed> {
    const { number, user } = await answerRequest(() =>
      this.dataSource.transaction(async (manager) => {
        const admin = await loadAdmin(manager, envelope);
        if (admin.id === deed.userId && !deed.toOneself) {
          throw new RequestRefusedError('conflict', 'admins cannot do this to themselves');
        }
        const before = await lockUser(manager, deed.userId);
        const columns = deed.columns(before);
        if (Object.entries(columns).every(([name, value]) => before[name as keyof Columns] === value)) {
          return { number: null, user: presentUserToAdmin(before) };
        }
        await manager.update(UserEntity, { id: before.id }, { ...columns, updatedAt: () => 'now()' });
        if (columns.role !== undefined && before.clerkUserId !== null) {
          await runStatements(manager, oweWriteBacks([{ userId: before.id, reason: 'role' }]));
        }
        await recordAudit(manager, envelope, {
          ...{ action: deed.action, userId: before.id, details: deed.details?.(before) ?? {} },
        });
        const sessions = deed.endsSessions === true ? { userIds: [before.id] } : {};
        const changes = await closeLegacySessions(manager, sessions, deed.reason);
        const own = { kind: 'user', userId: before.id, clerkUserId: before.clerkUserId, reason: deed.reason } as const;
        const after = await manager.findOneByOrFail(UserEntity, { id: before.id });
        return { user: presentUserToAdmin(after), number: await recordChanges(manager, [...changes, own]) };
      }),
    );
    return { user, propagation: await this.propagation.spread(number) };
  }
}
