import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { NOW, type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { type ClerkSession } from '../clerk/session';
import { type ClerkUser } from '../clerk/user';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../config.token';
import { EventPublisher } from '../deliver-webhooks/event-publisher';
import { ResourceNotFoundError } from '../errors';
import { currentOrigin } from '../http/request-origin';
import { SessionsService } from '../keep-sessions/sessions.service';
import { UserStore } from '../keep-users/user.store';
import { UsersService } from '../keep-users/users.service';
import { LockoutsService } from '../moderate-users/lockouts.service';
import {
  CodeIncorrectError,
  IdentifierNotFoundError,
  VerificationDoneError,
  VerificationExpiredError,
  VerificationFailedError,
} from './errors';
import { emailMessage, smsMessage } from './message';
import { Outbox } from './outbox';
import { type SignIn, type SignInSecret } from './sign-in';
import { type StartSignInParams } from './sign-in.schemas';
import { isTestIdentifier, TEST_CODE } from './test-identifier';

const SIGN_INS_KEPT = 10_000;

interface Kept {
  readonly signIn: SignIn;
  readonly secret: SignInSecret;
}

/** Signs users in, or up, by a code sent to their e-mail address or phone. */
@Injectable()
export class SignInService {
  private readonly kept = new Map<string, Kept>();

  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly users: UserStore,
    private readonly usersService: UsersService,
    private readonly sessions: SessionsService,
    private readonly lockouts: LockoutsService,
    private readonly events: EventPublisher,
    private readonly outbox: Outbox,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** Sends a code. @throws IdentifierNotFoundError, UserBannedError, UserDeactivatedError, UserLockedError */
  start(params: StartSignInParams): SignIn {
    const identifier = params.identifier.toLowerCase();
    const user = this.ownerOf(identifier);
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
      first_factor_verification: this.freshVerification(identifier, now),
    };
    return this.send({
      signIn,
      secret: { code: newCode(identifier), pending: params.pending ?? false, signUp: !user },
    });
  }

  /** Sends a new code: the old one is void, and attempts are counted anew. */
  resend(id: string): SignIn {
    const { signIn, secret } = this.find(id);
    if (signIn.status === 'complete') throw new VerificationDoneError();
    const first_factor_verification = this.freshVerification(signIn.identifier, this.now());
    return this.send({
      signIn: { ...signIn, first_factor_verification },
      secret: { ...secret, code: newCode(signIn.identifier) },
    });
  }

  /** @throws ResourceNotFoundError */
  get(id: string): SignIn {
    return this.find(id).signIn;
  }

  /**
   * Tries a code; the right one opens a session, having signed the user up if need be.
   *
   * @throws CodeIncorrectError, VerificationExpiredError, VerificationFailedError, VerificationDoneError,
   *   UserLockedError, UserBannedError, UserDeactivatedError
   */
  attempt(id: string, code: string): { signIn: SignIn; session: ClerkSession } {
    const { signIn, secret } = this.find(id);
    const { attempts, expire_at, status } = signIn.first_factor_verification;
    if (signIn.status === 'complete') throw new VerificationDoneError();
    if (signIn.user_id !== null) this.lockouts.assertMaySignIn(signIn.user_id);
    if (status === 'failed') throw new VerificationFailedError();
    if (this.now() >= expire_at) {
      this.change(id, { status: 'expired' });
      throw new VerificationExpiredError();
    }
    if (code !== secret.code) {
      const spent = attempts + 1 >= this.config.codeAttempts;
      this.change(id, { attempts: attempts + 1, status: spent ? 'failed' : 'unverified' });
      if (signIn.user_id !== null) this.lockouts.countFailure(signIn.user_id);
      throw new CodeIncorrectError();
    }
    const userId = signIn.user_id ?? this.signUp(signIn.identifier);
    this.lockouts.forgiveFailures(userId);
    const session = this.sessions.signIn(userId, { status: secret.pending ? 'pending' : 'active' });
    this.change(id, { attempts: attempts + 1, status: 'verified' });
    const complete = { user_id: userId, created_session_id: session.id, status: 'complete' as const };
    return { signIn: this.keep({ signIn: { ...this.get(id), ...complete }, secret }), session };
  }

  clear(): void {
    this.kept.clear();
  }

  private ownerOf(identifier: string): ClerkUser | undefined {
    return this.users.ownerOf(isEmail(identifier) ? 'email_address' : 'phone_number', identifier);
  }

  private signUp(identifier: string): string {
    const owner = this.ownerOf(identifier);
    if (owner) return owner.id;
    return this.usersService.create(
      isEmail(identifier) ? { email_address: [identifier] } : { phone_number: [identifier] },
    ).id;
  }

  private freshVerification(identifier: string, now: number): SignIn['first_factor_verification'] {
    return {
      object: 'verification_otp',
      status: 'unverified',
      strategy: isEmail(identifier) ? 'email_code' : 'phone_code',
      attempts: 0,
      expire_at: now + this.config.codeLifetimeMs,
    };
  }

  /** Announces the message, as Clerk does to whoever delivers messages themselves, and puts it into the outbox. */
  private send(kept: Kept): SignIn {
    const { signIn, secret } = kept;
    const { identifier, user_id: userId } = signIn;
    const now = this.now();
    const owner = this.ownerOf(identifier);
    const message = { code: secret.code, userId, now, requestedBy: currentOrigin().user_agent };
    if (isEmail(identifier)) {
      const own = owner?.email_addresses.find((email) => email.email_address === identifier);
      const email = emailMessage(own ?? { id: newId('idn', now), email_address: identifier }, message);
      this.events.publish('email.created', email, { userId, at: now });
      this.note(kept, { id: email.id, kind: 'email', text: email.body_plain });
    } else {
      const own = owner?.phone_numbers.find((phone) => phone.phone_number === identifier);
      const sms = smsMessage(own ?? { id: newId('idn', now), phone_number: identifier }, message);
      this.events.publish('sms.created', sms, { userId, at: now });
      this.note(kept, { id: sms.id, kind: 'sms', text: sms.message });
    }
    return this.keep(kept);
  }

  private note({ signIn, secret }: Kept, message: { id: string; kind: 'sms' | 'email'; text: string }): void {
    const { identifier: to, user_id, id: sign_in_id } = signIn;
    this.outbox.add({ ...message, to, code: secret.code, user_id, sign_in_id, created_at: this.now() });
  }

  private change(id: string, verification: Partial<SignIn['first_factor_verification']>): void {
    const { signIn, secret } = this.find(id);
    const first_factor_verification = { ...signIn.first_factor_verification, ...verification };
    this.keep({ signIn: { ...signIn, first_factor_verification }, secret });
  }

  private find(id: string): Kept {
    const kept = this.kept.get(id);
    if (!kept) throw new ResourceNotFoundError('sign-in', id);
    return kept;
  }

  private keep(kept: Kept): SignIn {
    this.kept.set(kept.signIn.id, kept);
    const [oldest] = this.kept.keys();
    if (this.kept.size > SIGN_INS_KEPT && oldest !== undefined) this.kept.delete(oldest);
    return kept.signIn;
  }
}

function isEmail(identifier: string): boolean {
  return identifier.includes('@');
}

function newCode(identifier: string): string {
  if (isTestIdentifier(identifier)) return TEST_CODE;
  // Never the test code, which would make a test of wrong codes fail once in a million.
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  return code === TEST_CODE ? newCode(identifier) : code;
}
