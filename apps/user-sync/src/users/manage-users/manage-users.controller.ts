import {
  type AdminUser,
  type EnvelopeClaims,
  type ReplyOf,
  activateUser,
  deactivateUser,
  setUserRole,
  setUserTier,
  showUser,
} from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { repeatOnConflict } from '@gatehouse/persistence';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { type UserEntity } from '../../database/user.entity';
import { answerRequest } from '../../requests/answer-request';
import { TrustChangePropagation } from '../../trust/lease-gateways/trust-change-propagation';
import { addressKindOf, requireUser } from '../../user-rows/find-user';
import { loadAdmin, lockUser } from '../../user-rows/load-admin';
import { presentUserToAdmin } from '../../user-rows/present-user';
import { lockAdmins, requireEndable } from './active-admins';
import { type ChangedUser, type UserChange, changeUser } from './change-user';

type Changed = ReplyOf<typeof setUserRole>;

/** An admin's command on a user. */
interface AdminCommand {
  /** User reference, as `userRefSchema` defines it. */
  readonly user: string;
  /**
   * Whether the command can end an admin's rights. If so, it is rejected when the user is the caller or the last active
   * admin.
   */
  readonly endsAdmin: boolean;
  /**
   * Whether the command grants rights. If so, `user` must not be an e-mail address or a phone number that is unverified
   * at Clerk. Any Clerk user can add an address of somebody else, so the rights could go to the wrong person.
   */
  readonly grants?: boolean;
  readonly change: (user: UserEntity) => UserChange;
}

/**
 * Shows users to admins and changes them. Before the reply, waits up to 3.5 s until the change is in force at every
 * gateway.
 */
@Controller()
export class ManageUsersController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly propagation: TrustChangePropagation,
  ) {}

  @RequestHandler(showUser)
  show(@Payload() { body, envelope }: VerifiedRequest<typeof showUser>): Promise<AdminUser> {
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      await loadAdmin(manager, envelope);
      return presentUserToAdmin(await requireUser(manager, body.userId));
    });
  }

  @RequestHandler(setUserRole)
  setRole(@Payload() { body, envelope }: VerifiedRequest<typeof setUserRole>): Promise<Changed> {
    const { userId: user, role } = body;
    return this.perform(envelope, {
      ...{ user, endsAdmin: role !== 'admin', grants: role !== 'user' },
      change: ({ role: before }) => ({
        ...{ action: 'user.role', reason: 'role', columns: { role }, details: { before, after: role } },
      }),
    });
  }

  @RequestHandler(setUserTier)
  setTier(@Payload() { body, envelope }: VerifiedRequest<typeof setUserTier>): Promise<Changed> {
    const { userId: user, tier } = body;
    return this.perform(envelope, {
      ...{ user, endsAdmin: false },
      change: ({ subscription }) => ({
        ...{ action: 'user.tier', reason: 'tier', details: { before: subscription, after: tier } },
        columns: { subscription: tier },
      }),
    });
  }

  @RequestHandler(deactivateUser)
  deactivate(@Payload() { body, envelope }: VerifiedRequest<typeof deactivateUser>): Promise<Changed> {
    return this.perform(envelope, {
      ...{ user: body.userId, endsAdmin: true },
      change: () => ({
        ...{ action: 'user.deactivate', reason: 'deactivated', columns: { isActive: false }, endsSessions: true },
      }),
    });
  }

  @RequestHandler(activateUser)
  activate(@Payload() { body, envelope }: VerifiedRequest<typeof activateUser>): Promise<Changed> {
    return this.perform(envelope, {
      ...{ user: body.userId, endsAdmin: false },
      change: () => ({ action: 'user.activate', reason: 'activated', columns: { isActive: true } }),
    });
  }

  private async perform(
    envelope: EnvelopeClaims,
    { user: ref, endsAdmin, grants = false, change }: AdminCommand,
  ): Promise<Changed> {
    const work = async (manager: EntityManager): Promise<ChangedUser> => {
      if (endsAdmin) await lockAdmins(manager);
      const admin = await loadAdmin(manager, envelope);
      const { id } = await requireUser(manager, ref);
      if (endsAdmin) await requireEndable(manager, admin, id);
      const user = await lockUser(manager, id);
      if (grants) requireProvenName(ref, user);
      return changeUser(manager, envelope, user, change(user));
    };
    const { number, user } = await answerRequest(() => repeatOnConflict(() => this.dataSource.transaction(work)));
    return { user, propagation: await this.propagation.propagate(number) };
  }
}

/**
 * Rejects a Clerk user who is named by an unverified e-mail address or phone number. Accepts a local user, whose address
 * an admin has entered.
 */
function requireProvenName(ref: string, user: UserEntity): void {
  const kind = addressKindOf(ref);
  if (kind === undefined || user.clerkUserId === null || user[kind.verified]) return;
  throw new RequestRefusedError('conflict', `The ${kind.noun} of this user is not verified. Use the id of the user.`);
}
