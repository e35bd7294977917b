import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { type ClerkSession } from '../clerk/session';
import { IdentifierNotFoundError, VerificationDoneError } from '../sign-in-errors';
import { SessionsService } from '../keep-sessions/sessions.service';
import { LockoutsService } from '../keep-users/lockouts.service';
import { NOW } from '../tokens';
import { Accounts } from './accounts';
import { Codes } from './codes';
import { sentCodeOf, type SignIn, type StoredSignIn, withVerification } from './sign-in';
import { type StartSignInParams } from './sign-in.schemas';
import { SignInStore } from './sign-in.store';

/** Signs users in, or up, with a code that is sent to their e-mail address or phone number. */
@Injectable()
export class SignInService {
  constructor(
    private readonly signIns: SignInStore,
    private readonly accounts: Accounts,
    private readonly sessions: SessionsService,
    private readonly lockouts: LockoutsService,
    private readonly codes: Codes,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** Sends a code. @throws IdentifierNotFoundError, UserBannedError, UserDeactivatedError, UserLockedError */
  start(params: StartSignInParams): SignIn {
    const identifier = params.identifier.toLowerCase();
    const user = this.accounts.find(identifier);
    if (user) this.lockouts.assertMaySignIn(user.id);
    else if (!params.sign_up) throw new IdentifierNotFoundError();
    const now = this.now();
    const id = newId('sia', now);
    const { code, verification } = this.codes.send({ to: identifier, userId: user?.id ?? null, attemptId: id });
    const signIn: SignIn = {
      object: 'sign_in_attempt',
      id,
      status: 'needs_first_factor',
      identifier,
      user_id: user?.id ?? null,
      created_session_id: null,
      created_at: now,
      first_factor_verification: verification,
    };
    return this.signIns.put({ signIn, code, pending: params.pending ?? false });
  }

  /** Sends a new code, which replaces the old one, and resets the count of attempts. */
  resend(id: string): SignIn {
    const stored = this.signIns.get(id);
    const { identifier, status, user_id: userId } = stored.signIn;
    if (status === 'complete') throw new VerificationDoneError();
    const { code, verification } = this.codes.send({ to: identifier, userId, attemptId: id });
    return this.signIns.put({ ...withVerification(stored, verification), code });
  }

  /** @throws ResourceNotFoundError */
  get(id: string): SignIn {
    return this.signIns.get(id).signIn;
  }

  /**
   * Checks a code. The correct code starts a session. When no user has the identifier, the correct code first creates
   * a user.
   * @throws CodeIncorrectError, VerificationExpiredError, VerificationFailedError, VerificationDoneError,
   *   UserLockedError, UserBannedError, UserDeactivatedError
   */
  attempt(id: string, code: string): { signIn: SignIn; session: ClerkSession } {
    const stored = this.signIns.get(id);
    const { signIn } = stored;
    if (signIn.status === 'complete') throw new VerificationDoneError();
    if (signIn.user_id !== null) this.lockouts.assertMaySignIn(signIn.user_id);
    const { verification, failure } = this.codes.attempt(sentCodeOf(stored), code, signIn.user_id);
    const tried = withVerification(stored, verification);
    if (failure) {
      this.signIns.put(tried);
      throw failure;
    }
    const userId = signIn.user_id ?? this.accounts.findOrCreate(signIn.identifier).id;
    this.lockouts.resetFailures(userId);
    const session = this.sessions.signIn(userId, { status: stored.pending ? 'pending' : 'active' });
    return { signIn: this.complete(tried, session), session };
  }

  private complete(tried: StoredSignIn, { id: created_session_id, user_id }: ClerkSession): SignIn {
    return this.signIns.put({ ...tried, signIn: { ...tried.signIn, user_id, created_session_id, status: 'complete' } });
  }
}
