import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { type ClerkSession } from '../clerk/session';
import { type EmulatorConfig } from '../config';
import {
  CodeIncorrectError,
  IdentifierNotFoundError,
  VerificationDoneError,
  VerificationExpiredError,
  VerificationFailedError,
} from '../errors';
import { SessionsService } from '../keep-sessions/sessions.service';
import { LockoutsService } from '../keep-users/lockouts.service';
import { CONFIG, NOW } from '../tokens';
import { Accounts } from './accounts';
import { CodeSender } from './code-sender';
import { newVerification, type SignIn, type StoredSignIn, withVerification } from './sign-in';
import { type StartSignInParams } from './sign-in.schemas';
import { SignInStore } from './sign-in.store';
import { isTestIdentifier, TEST_CODE } from './test-identifier';

/** Signs users in, or up, with a code that is sent to their e-mail address or phone number. */
@Injectable()
export class SignInService {
  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly signIns: SignInStore,
    private readonly accounts: Accounts,
    private readonly sessions: SessionsService,
    private readonly lockouts: LockoutsService,
    private readonly sender: CodeSender,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** Sends a code. @throws IdentifierNotFoundError, UserBannedError, UserDeactivatedError, UserLockedError */
  start(params: StartSignInParams): SignIn {
    const identifier = params.identifier.toLowerCase();
    const user = this.accounts.find(identifier);
    if (user) this.lockouts.assertMaySignIn(user.id);
    else if (!params.sign_up) throw new IdentifierNotFoundError();
    const now = this.now();
    const signIn: SignIn = {
      object: 'sign_in_attempt',
      id: newId('sia', now),
      status: 'needs_first_factor',
      identifier,
      user_id: user?.id ?? null,
      created_session_id: null,
      created_at: now,
      first_factor_verification: newVerification(identifier, now + this.config.codeLifetimeMs),
    };
    return this.send({ signIn, code: newCode(identifier), pending: params.pending ?? false });
  }

  /** Sends a new code, which replaces the old one, and resets the count of attempts. */
  resend(id: string): SignIn {
    const stored = this.signIns.get(id);
    const { identifier, status } = stored.signIn;
    if (status === 'complete') throw new VerificationDoneError();
    const verification = newVerification(identifier, this.now() + this.config.codeLifetimeMs);
    return this.send({ ...withVerification(stored, verification), code: newCode(identifier) });
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
    const { attempts, expire_at, status } = signIn.first_factor_verification;
    if (signIn.status === 'complete') throw new VerificationDoneError();
    if (signIn.user_id !== null) this.lockouts.assertMaySignIn(signIn.user_id);
    if (status === 'failed') throw new VerificationFailedError();
    if (this.now() >= expire_at) {
      this.signIns.put(withVerification(stored, { status: 'expired' }));
      throw new VerificationExpiredError();
    }
    if (code !== stored.code) {
      const isLast = attempts + 1 >= this.config.codeAttempts;
      this.signIns.put(withVerification(stored, { attempts: attempts + 1, status: isLast ? 'failed' : 'unverified' }));
      if (signIn.user_id !== null) this.lockouts.countFailure(signIn.user_id);
      throw new CodeIncorrectError();
    }
    const userId = signIn.user_id ?? this.accounts.findOrCreate(signIn.identifier).id;
    this.lockouts.resetFailures(userId);
    const session = this.sessions.signIn(userId, { status: stored.pending ? 'pending' : 'active' });
    return { signIn: this.complete(stored, session), session };
  }

  private complete(stored: StoredSignIn, session: ClerkSession): SignIn {
    const { attempts } = stored.signIn.first_factor_verification;
    const verified = withVerification(stored, { attempts: attempts + 1, status: 'verified' });
    const { id: created_session_id, user_id } = session;
    return this.signIns.put({
      ...verified,
      signIn: { ...verified.signIn, user_id, created_session_id, status: 'complete' },
    });
  }

  private send(stored: StoredSignIn): SignIn {
    this.sender.send(stored);
    return this.signIns.put(stored);
  }
}

function newCode(identifier: string): string {
  if (isTestIdentifier(identifier)) return TEST_CODE;
  // A random code must not be `TEST_CODE`. Tests send `TEST_CODE` as a wrong code, and would fail if it were the right
  // one.
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  return code === TEST_CODE ? newCode(identifier) : code;
}
