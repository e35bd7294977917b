import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { PROVIDER } from '../clerk/external-account';
import { newId } from '../clerk/ids';
import { type ClerkUser } from '../clerk/user';
import { ParamValueInvalidError } from '../errors';
import {
  AlreadySignedInError,
  IdentifierNotFoundError,
  VerificationDoneError,
  VerificationMissingError,
} from '../sign-in-errors';
import { LockoutsService } from '../keep-users/lockouts.service';
import { UserStore } from '../keep-users/user.store';
import { Accounts } from '../sign-in-by-code/accounts';
import { Codes } from '../sign-in-by-code/codes';
import { NOW } from '../tokens';
import { SignInAttempts } from './attempt.store';
import { type BrowserClient } from './browser-client';
import { Clients } from './clients';
import { type AttemptParams, type CreateSignInParams, type PrepareSignInParams } from './frontend-api.schemas';
import { type FirstFactor, firstFactorsOf, type SignInAttempt } from './sign-in-attempt';

/** Signs users in by a code, in the steps of Clerk's scripts: create, prepare, attempt. */
@Injectable()
export class SignInsService {
  constructor(
    private readonly attempts: SignInAttempts,
    private readonly clients: Clients,
    private readonly accounts: Accounts,
    private readonly users: UserStore,
    private readonly lockouts: LockoutsService,
    private readonly codes: Codes,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /**
   * Begins a sign-in, which replaces an earlier one of the browser. With a strategy, also sends a code.
   * @throws IdentifierNotFoundError, AlreadySignedInError, UserBannedError, UserDeactivatedError, UserLockedError
   */
  create(devBrowserId: string, { identifier, strategy }: CreateSignInParams): SignInAttempt {
    const client = this.clients.open(devBrowserId);
    const user = identifier === undefined ? undefined : this.mayBegin(client, identifier);
    const now = this.now();
    const attempt = this.attempts.put({
      id: newId('sia', now),
      clientId: client.id,
      identifier: identifier ?? null,
      userId: user?.id ?? null,
      sent: null,
      provider: null,
      createdSessionId: null,
      createdAt: now,
    });
    this.clients.begin(devBrowserId, { sign_in_id: attempt.id });
    const sendsCode = user && strategy !== undefined && strategy !== PROVIDER;
    return sendsCode ? this.prepare(devBrowserId, attempt.id, { strategy }) : attempt;
  }

  /** @throws ResourceNotFoundError */
  get(devBrowserId: string, id: string): SignInAttempt {
    return this.attempts.get(id, this.clients.open(devBrowserId).id);
  }

  /** Sends a code to an address or number of the user. @throws ParamValueInvalidError, UserLockedError, … */
  prepare(devBrowserId: string, id: string, params: PrepareSignInParams): SignInAttempt {
    const { attempt, user } = this.open(devBrowserId, id);
    const { safe_identifier: to } = factorOf(user, attempt, params);
    const sent = this.codes.send({ to, userId: user.id, attemptId: id });
    return this.attempts.put({ ...attempt, sent, provider: null });
  }

  /** Checks a code. The right one starts a session. @throws CodeIncorrectError, VerificationExpiredError, … */
  attempt(devBrowserId: string, id: string, { strategy, code }: AttemptParams): SignInAttempt {
    const { attempt, user } = this.open(devBrowserId, id);
    if (attempt.sent?.verification.strategy !== strategy) throw new VerificationMissingError();
    const { verification, failure } = this.codes.attempt(attempt.sent, code, user.id);
    const tried = { ...attempt, sent: { ...attempt.sent, verification } };
    this.attempts.put(tried);
    if (failure) throw failure;
    this.lockouts.resetFailures(user.id);
    const { id: createdSessionId } = this.clients.signIn(devBrowserId, user.id, strategy);
    return this.attempts.put({ ...tried, createdSessionId });
  }

  private mayBegin(client: BrowserClient, identifier: string): ClerkUser {
    const user = this.accounts.find(identifier);
    if (!user) throw new IdentifierNotFoundError();
    const running = this.clients.liveSessions(client).find(({ user_id }) => user_id === user.id);
    if (running) throw new AlreadySignedInError(running.id);
    this.lockouts.assertMaySignIn(user.id);
    return user;
  }

  private open(devBrowserId: string, id: string): { attempt: SignInAttempt; user: ClerkUser } {
    const attempt = this.get(devBrowserId, id);
    if (attempt.createdSessionId !== null) throw new VerificationDoneError();
    if (attempt.userId === null) throw new IdentifierNotFoundError();
    this.lockouts.assertMaySignIn(attempt.userId);
    return { attempt, user: this.users.get(attempt.userId) };
  }
}

/** The factor that the parameters name; without an id, the first one of the strategy. @throws ParamValueInvalidError */
function factorOf(user: ClerkUser, attempt: SignInAttempt, params: PrepareSignInParams): FirstFactor {
  const { strategy, email_address_id, phone_number_id } = params;
  const wanted = strategy === 'email_code' ? email_address_id : phone_number_id;
  const factor = firstFactorsOf(user, attempt.identifier ?? '').find(
    (each) => each.strategy === strategy && (wanted ?? idOf(each)) === idOf(each),
  );
  if (factor) return factor;
  const param = strategy === 'email_code' ? 'email_address_id' : 'phone_number_id';
  throw new ParamValueInvalidError(param, `${param} must be the id of one of the user's supported first factors.`);
}

function idOf(factor: FirstFactor): string | undefined {
  return factor.email_address_id ?? factor.phone_number_id;
}
