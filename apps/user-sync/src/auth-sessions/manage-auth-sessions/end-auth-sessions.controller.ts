import { type EnvelopeClaims, type ReplyOf, endAuthSession, endAuthSessions } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { repeatOnConflict, runStatements } from '@gatehouse/persistence';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { type UserSyncConfig } from '../../config';
import { LegacySessionEntity } from '../../database/legacy-session.entity';
import { lockClerkUsers } from '../../database/lock-clerk-users';
import { UserEntity } from '../../database/user.entity';
import { answerRequest } from '../../requests/answer-request';
import { CONFIG } from '../../tokens';
import { closeLegacySessions } from '../../trust-changes/legacy-sessions';
import { type NewTrustChange, recordTrustChanges } from '../../trust-changes/record-trust-changes';
import { standingOf } from '../../trust-changes/session-standing';
import { signOutHere } from '../../trust-changes/sign-out-here';
import { TrustChangePropagation } from '../../trust/lease-gateways/trust-change-propagation';
import { SignOutNow } from '../sign-out-at-clerk/sign-out-now';
import { type LeasedSignOut, type NewSignOut, countPending, queueSignOut } from '../sign-out-at-clerk/sign-out-queue';
import { type FoundSession, SessionLookup } from './session-lookup';
import { type SessionOwner, ownerOf } from './session-owner';

type Ended = ReplyOf<typeof endAuthSession>;

/** What a transaction has ended. */
interface Ending {
  readonly closed: number;
  readonly number: number | null;
  readonly signOut: LeasedSignOut | undefined;
}

/** Maximum single sessions of one user whose revocation at Clerk is pending. */
const MAX_PENDING = 100;

/** Ends sessions of a person: at every gateway before the reply, and at Clerk at once or as soon as Clerk answers. */
@Controller()
export class EndAuthSessionsController {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'writeBack'>,
    private readonly dataSource: DataSource,
    private readonly propagation: TrustChangePropagation,
    private readonly lookup: SessionLookup,
    private readonly signOuts: SignOutNow,
  ) {}

  @RequestHandler(endAuthSession)
  async endOne(@Payload() { body, envelope }: VerifiedRequest<typeof endAuthSession>): Promise<Ended> {
    const owner = await answerRequest(() => ownerOf(this.dataSource.manager, envelope, body.user));
    return body.id.startsWith('sess_')
      ? this.endAtClerk(envelope, owner, body.id)
      : this.endOwn(envelope, owner.user.id, body.id);
  }

  @RequestHandler(endAuthSessions)
  async endAll(@Payload() { body, envelope }: VerifiedRequest<typeof endAuthSessions>): Promise<Ended> {
    const { keepCurrent = false } = body;
    return this.end(async (manager) => {
      const owner = await ownerOf(manager, envelope, body.user);
      const { user, byAdmin, principal } = owner;
      if (principal.method === 'api_key' && !byAdmin) {
        throw new RequestRefusedError('forbidden', 'An API key cannot end all sessions of its user.');
      }
      const { id: userId, clerkUserId } = user;
      // Serializes this sign-out with logins, exchanges and events. What begins first, it sees and ends.
      if (clerkUserId !== null) await runStatements(manager, [lockClerkUsers([clerkUserId])]);
      await manager.update(UserEntity, { id: userId }, { lastLogoutAt: () => 'now()' });
      const kept = keepCurrent && !byAdmin ? await keptBy(manager, owner) : nothingKept;
      const changes = await closeLegacySessions(manager, { userIds: [userId] }, 'signed_out', { except: kept.ownId });
      const signOut =
        clerkUserId === null
          ? undefined
          : await this.queue(manager, { clerkUserId, sessionId: null, kept: kept.clerkIds });
      const details = { keepCurrent, closed: changes.length };
      await recordAudit(manager, envelope, { action: 'session.end_all', userId, details });
      const own = clerkUserId === null ? [] : [changeOf(user)];
      return { closed: changes.length, number: await recordTrustChanges(manager, [...changes, ...own]), signOut };
    });
  }

  /** Ends a session of Gatehouse. */
  private endOwn(envelope: EnvelopeClaims, userId: string, id: string): Promise<Ended> {
    return this.end(async (manager) => {
      if (!(await manager.existsBy(LegacySessionEntity, { id, userId }))) throw unknownSession();
      const changes = await closeLegacySessions(manager, { ids: [id] }, 'signed_out', { ofUser: userId });
      await recordAudit(manager, envelope, { action: 'session.end', userId, subject: id });
      return { closed: changes.length, number: await recordTrustChanges(manager, changes), signOut: undefined };
    });
  }

  /** Ends a session of Clerk, and the sessions of Gatehouse that were exchanged for it. */
  private async endAtClerk(
    envelope: EnvelopeClaims,
    { user, byAdmin, currentId }: SessionOwner,
    id: string,
  ): Promise<Ended> {
    const { id: userId, clerkUserId } = user;
    if (clerkUserId === null) throw unknownSession();
    const session = { clerkUserId, sessionId: id };
    const found = await this.lookup.find(session, byAdmin ? null : currentId);
    if (found === 'unknown') throw unknownSession();
    return this.end(async (manager) => {
      await runStatements(manager, [lockClerkUsers([clerkUserId])]);
      if (found === 'unverified' && (await countPending(manager, clerkUserId)) >= MAX_PENDING) {
        throw new RequestRefusedError('clerk_unavailable', 'Too many sessions wait for Clerk.');
      }
      const limits = { ofUser: userId };
      const changes = await closeLegacySessions(manager, { parentSessionIds: [id] }, 'parent_session_ended', limits);
      // An unverified session may be another user's. So its end is recorded for this user alone, in the queue.
      const own = found === 'unverified' ? [changeOf(user)] : await signOutHere(manager, session);
      const signOut = found === 'ended' ? undefined : await this.queue(manager, session);
      await recordAudit(manager, envelope, { action: 'session.end', userId, subject: id });
      return { closed: changes.length, number: await recordTrustChanges(manager, [...changes, ...own]), signOut };
    }, found);
  }

  private queue(manager: EntityManager, signOut: NewSignOut): Promise<LeasedSignOut> {
    return queueSignOut(manager, signOut, this.config.writeBack.leaseMs);
  }

  /** Runs the transaction, then waits for all gateways and for Clerk at the same time. */
  private async end(work: (manager: EntityManager) => Promise<Ending>, found?: FoundSession): Promise<Ended> {
    const { closed, number, signOut } = await answerRequest(() =>
      repeatOnConflict(() => this.dataSource.transaction(work)),
    );
    const confirmed = found === 'ended' ? 'revoked' : 'none';
    const [propagation, clerk] = await Promise.all([
      this.propagation.propagate(number),
      signOut === undefined ? confirmed : this.signOuts.attempt(signOut, found === 'live'),
    ]);
    return { closed, clerk, propagation };
  }
}

interface Kept {
  /** The legacy session that stays open. */
  readonly ownId: string | null;
  readonly clerkIds: readonly string[];
}

const nothingKept: Kept = { ownId: null, clerkIds: [] };

/**
 * The caller's session, and the Clerk session that was exchanged for it, without which it would end. Nothing if the
 * session has ended meanwhile: an earlier sign-out may have ended it while this request was on its way.
 */
async function keptBy(manager: EntityManager, { principal, user, currentId }: SessionOwner): Promise<Kept> {
  const { clerkUserId } = user;
  if (currentId === null) return nothingKept;
  if (principal.method === 'clerk_session') {
    if (clerkUserId === null || !(await isKeepable(manager, clerkUserId, currentId))) return nothingKept;
    return { ownId: null, clerkIds: [currentId] };
  }
  const session = await manager.findOneBy(LegacySessionEntity, { id: currentId, userId: user.id });
  if (session === null || session.closedAt !== null) return nothingKept;
  const { parentSessionId } = session;
  return { ownId: currentId, clerkIds: parentSessionId === null ? [] : [parentSessionId] };
}

/** Whether nothing has ended the session: no end is recorded, and no earlier sign-out everywhere is open for it. */
async function isKeepable(manager: EntityManager, clerkUserId: string, sessionId: string): Promise<boolean> {
  const { ended, signedOutBefore } = await standingOf(manager, { clerkUserId, sessionId });
  return !ended && signedOutBefore === null;
}

/** Makes every gateway look up all credentials of the user again. */
function changeOf({ id: userId, clerkUserId }: UserEntity): NewTrustChange {
  return { kind: 'user', userId, clerkUserId, reason: 'signed_out' };
}

function unknownSession(): RequestRefusedError {
  return new RequestRefusedError('not_found', 'This session does not exist.');
}
