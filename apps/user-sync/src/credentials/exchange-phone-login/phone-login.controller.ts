import { type EnvelopeClaims, type ParsedRequestOf, type ReplyOf, exchangePhoneLogin } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { repeatOnConflict, runStatements } from '@gatehouse/persistence';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { ClerkSessions } from '../../clerk/clerk-sessions';
import { type UserSyncConfig } from '../../config';
import { lockClerkUsers } from '../../database/lock-clerk-users';
import { UserEntity } from '../../database/user.entity';
import { ClerkRequestError } from '../../errors';
import { recordReferral } from '../../referrals/use-referral-code/record-referral';
import { answerRequest, clerkUnavailable } from '../../requests/answer-request';
import { requireStorable } from '../../requests/require-storable';
import { CONFIG } from '../../tokens';
import { openLegacySession } from '../../trust-changes/legacy-sessions';
import { lastTrustChangeNumber } from '../../trust-changes/record-trust-changes';
import { hasEnded, standingOf } from '../../trust-changes/session-standing';
import { PrincipalResolver } from '../../trust/resolve-principal/principal-resolver';
import { holderOf } from '../../user-rows/load-caller';
import { mayAct } from '../../user-rows/may-act';
import { presentUser } from '../../user-rows/present-user';
import { AssertionFailedError } from './assertions';
import { toE164 } from './phone-number';
import { type Exchanged, findExchanged, spendToken } from './used-tokens';

type Exchange = ParsedRequestOf<typeof exchangePhoneLogin>;
type Reply = ReplyOf<typeof exchangePhoneLogin>;

/** What is known before the exchange begins. */
interface Begun {
  /** The asserted phone number in E.164. */
  readonly phone: string | undefined;
  /** When the Clerk session began, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly isCreated: boolean;
}

/**
 * Exchanges a Clerk session token for a legacy session, the session of a Gatehouse token. The user needs a verified
 * phone number.
 */
@Controller()
export class PhoneLoginController {
  constructor(
    @Inject(CONFIG) private readonly config: UserSyncConfig,
    private readonly dataSource: DataSource,
    private readonly sessions: ClerkSessions,
    private readonly principals: PrincipalResolver,
  ) {}

  @RequestHandler(exchangePhoneLogin)
  async exchange(@Payload() { body, envelope }: VerifiedRequest<typeof exchangePhoneLogin>): Promise<Reply> {
    requireStorable(body.body);
    try {
      const phone = this.assertedPhone(body);
      await this.refuseSpent(body);
      const startedAt = await this.startOf(body);
      const { clerkUserId } = body.token;
      const timeoutMs = this.config.clerkWaits.phoneLogin;
      const { decision } = await this.principals.settle(clerkUserId, envelope.rid, 'phone_login', timeoutMs);
      return await answerRequest(() =>
        repeatOnConflict(() =>
          this.dataSource.transaction((manager) =>
            this.begin(manager, envelope, body, { phone, startedAt, isCreated: decision === 'create' }),
          ),
        ),
      );
    } catch (error) {
      await this.noteRefusal(envelope, body, error);
      throw error;
    }
  }

  /**
   * Rejects the body if its `clerkUserId` is not that of the token. Returns its `phoneNumber` in E.164; undefined
   * without one. `begin` compares the number with the user's row, after the row was updated from Clerk.
   */
  private assertedPhone({ token, body }: Exchange): string | undefined {
    if (body.clerkUserId !== undefined && body.clerkUserId !== token.clerkUserId) {
      throw new AssertionFailedError('clerkUserId');
    }
    return body.phoneNumber === undefined ? undefined : toE164(body.phoneNumber, this.config.defaultPhoneRegion);
  }

  /**
   * Rejects a used token or an ended session early, without a request to Clerk. The exchange itself checks both again
   * under a lock.
   */
  private refuseSpent({ token }: Exchange): Promise<void> {
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      if ((await findExchanged(manager, token)) === 'used') throw used();
      if ((await standingOf(manager, token)).ended) throw ended();
    });
  }

  /** Returns when the Clerk session began; rejects a session that is not active. */
  private async startOf({ token }: Exchange): Promise<number> {
    try {
      const options = { priority: 'first_login', timeoutMs: this.config.clerkWaits.phoneLogin } as const;
      const session = await answerRequest(() => this.sessions.find(token.sessionId, options));
      if (session?.status !== 'active' || session.userId !== token.clerkUserId) throw ended();
      return session.startedAt;
    } catch (error) {
      if (!(error instanceof ClerkRequestError)) throw error;
      throw clerkUnavailable('The session could not be read from Clerk.', error);
    }
  }

  private async begin(
    manager: EntityManager,
    envelope: EnvelopeClaims,
    { token, body, sessionTtlMs }: Exchange,
    { phone, startedAt, isCreated }: Begun,
  ): Promise<Reply> {
    const { clerkUserId, sessionId } = token;
    // The lock serializes this exchange with a concurrent end of the Clerk session. If the end comes first, the
    // exchange sees it and is rejected. If the exchange comes first, the end closes the new legacy session.
    await runStatements(manager, [lockClerkUsers([clerkUserId])]);
    const change = await lastTrustChangeNumber(manager);
    if (hasEnded(await standingOf(manager, token), startedAt)) throw ended();
    const user = await manager.findOne(UserEntity, { where: { clerkUserId }, lock: { mode: 'for_no_key_update' } });
    if (user === null || user.deletedAt !== null)
      throw new RequestRefusedError('user_deleted', 'The user was deleted.');
    if (!user.phoneVerified || user.phoneNumber === null) {
      throw new RequestRefusedError('phone_unverified', 'The user has no verified phone number.');
    }
    if (phone !== undefined && phone !== user.phoneNumber) throw new AssertionFailedError('phoneNumber');
    if (!mayAct(user)) throw new RequestRefusedError('forbidden', 'The user is not active.');
    const before = await findExchanged(manager, token);
    if (before === 'used') throw used();
    if (before !== 'unused') {
      await noteExchange(manager, envelope, token, { ...before, userId: user.id, repeated: true });
      return {
        change,
        ...holderOf(user),
        session: before.session,
        user: presentUser(user),
        isNewUser: before.isNewUser,
        referral: await this.refer(manager, envelope, token, { userId: user.id, code: body.referralCode }),
      };
    }
    const isNewUser = isCreated || (await isUnseen(manager, user.id));
    const opened = { userId: user.id, parentSessionId: sessionId, ttlMs: sessionTtlMs };
    const session = await openLegacySession(manager, opened, envelope.origin);
    if (!(await spendToken(manager, token, { session, isNewUser }))) throw used();
    await noteLogin(manager, user.id, body);
    await noteExchange(manager, envelope, token, { session, isNewUser, userId: user.id });
    // After `noteLogin`, which sets the first login.
    const referral = await this.refer(manager, envelope, token, { userId: user.id, code: body.referralCode });
    const now = await manager.findOneByOrFail(UserEntity, { id: user.id });
    return { change, ...holderOf(now), session, user: presentUser(now), isNewUser, referral };
  }

  /** Records who referred the user. A rejected code does not prevent the login. */
  private async refer(
    manager: EntityManager,
    envelope: EnvelopeClaims,
    { sessionId }: Exchange['token'],
    { userId, code }: { readonly userId: string; readonly code: string | undefined },
  ): Promise<Reply['referral']> {
    if (code === undefined) return null;
    const rejection = await recordReferral(manager, envelope, {
      ...{ userId, code, prefix: this.config.referralCodePrefix },
      actor: { userId, method: 'clerk_session', credentialId: sessionId },
    });
    return { state: rejection === null ? 'recorded' : 'rejected', reason: rejection };
  }

  /** Writes refusals to the audit log, except outages and malformed bodies. */
  private async noteRefusal(envelope: EnvelopeClaims, { token }: Exchange, error: unknown): Promise<void> {
    if (!(error instanceof RequestRefusedError) || UNAUDITED.has(error.reason)) return;
    await answerRequest(async () => {
      const { manager } = this.dataSource;
      const user = await manager.findOneBy(UserEntity, { clerkUserId: token.clerkUserId });
      await recordAudit(manager, envelope, {
        ...{ action: 'login.phone', outcome: 'refused', reason: error.reason },
        ...{ userId: user?.id ?? null, subject: token.clerkUserId },
        details: error instanceof AssertionFailedError ? { assertion: error.assertion } : {},
        actor: { userId: user?.id ?? null, method: 'clerk_session', credentialId: token.sessionId },
      });
    });
  }
}

/** Records an exchange in the audit log. `repeated`: whether the reply repeats the session of an earlier exchange. */
function noteExchange(
  manager: EntityManager,
  envelope: EnvelopeClaims,
  { sessionId }: Exchange['token'],
  { session, isNewUser, userId, repeated }: Exchanged & { readonly userId: string; readonly repeated?: true },
): Promise<void> {
  return recordAudit(manager, envelope, {
    ...{ action: 'login.phone', userId, subject: session.id },
    details: { isNewUser, ...(repeated && { repeated }) },
    actor: { userId, method: 'clerk_session', credentialId: sessionId },
  });
}

const UNAUDITED: ReadonlySet<string> = new Set(['unavailable', 'clerk_unavailable', 'internal', 'invalid_request']);

function used(): RequestRefusedError {
  return new RequestRefusedError('token_used', 'The token was already exchanged.');
}

function ended(): RequestRefusedError {
  return new RequestRefusedError('session_ended', 'The session is not active.');
}

/**
 * Whether to report the user as new (`isNewUser`), although another source, such as a webhook, has created the user.
 * True if the user was created in the last hour and has no stored legacy session. For an older user, a missing session
 * proves nothing: sessions are deleted an hour after they expire.
 */
async function isUnseen(manager: EntityManager, userId: string): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `SELECT FROM users u WHERE id = $1 AND created_at > now() - interval '1 hour'
        AND NOT EXISTS (SELECT FROM legacy_sessions s WHERE s.user_id = u.id)`,
    [userId],
  );
  return rows.length > 0;
}

/** Records the login, and stores the profile fields that the client sent; other fields stay. */
async function noteLogin(manager: EntityManager, userId: string, body: Exchange['body']): Promise<void> {
  await manager.query(
    `UPDATE users SET last_login_at = greatest(last_login_at, now()), last_active_at = greatest(last_active_at, now()),
       updated_at = CASE WHEN num_nonnulls($2::text, $3::text, $4::text, $5::text, $6::text) > 0 THEN now() ELSE updated_at END,
       owner_name = coalesce($2, owner_name), shop_name = coalesce($3, shop_name), city = coalesce($4, city),
       state = coalesce($5, state), pincode = coalesce($6, pincode)
     WHERE id = $1`,
    [userId, body.name ?? null, body.shopName ?? null, body.city ?? null, body.state ?? null, body.pincode ?? null],
  );
}
