import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { verificationByProvider } from '../clerk/identifier';
import { newId } from '../clerk/ids';
import { type ClerkUser } from '../clerk/user';
import { ParamValueInvalidError } from '../errors';
import { VerificationDoneError, VerificationMissingError } from '../sign-in-errors';
import { addExternalAccount } from '../keep-identifiers/external-accounts.service';
import { assertFree } from '../keep-users/apply-profile';
import { assertMetadataFits } from '../keep-users/merge-metadata';
import { UserStore } from '../keep-users/user.store';
import { UsersService } from '../keep-users/users.service';
import { Codes } from '../sign-in-by-code/codes';
import { NOW } from '../tokens';
import { SignUpAttempts } from './attempt.store';
import { type SignInStrategy } from './browser-client';
import { Clients } from './clients';
import { type AttemptParams, type SignUpParams, type StrategyParams } from './frontend-api.schemas';
import { isByProvider, isReady, type SignUpAttempt, type SignUpIdentifier } from './sign-up-attempt';

const KINDS = { email_code: 'email_address', phone_code: 'phone_number' } as const;

/** Signs users up with addresses that they verify by a code. The user and a session are created when all are verified. */
@Injectable()
export class SignUpsService {
  constructor(
    private readonly attempts: SignUpAttempts,
    private readonly clients: Clients,
    private readonly store: UserStore,
    private readonly users: UsersService,
    private readonly codes: Codes,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** Begins a sign-up, which replaces an earlier one of the browser. @throws IdentifierExistsError, MetadataInvalidError */
  create(devBrowserId: string, params: SignUpParams): SignUpAttempt {
    const now = this.now();
    const empty: SignUpAttempt = {
      id: newId('sua', now),
      clientId: this.clients.open(devBrowserId).id,
      email_address: null,
      phone_number: null,
      provider: null,
      first_name: null,
      last_name: null,
      unsafe_metadata: {},
      locale: params.locale ?? null,
      legal_accepted_at: null,
      createdUserId: null,
      createdSessionId: null,
      createdAt: now,
    };
    const attempt = this.attempts.put(this.changed(empty, params));
    this.clients.begin(devBrowserId, { sign_up_id: attempt.id });
    return attempt;
  }

  /** @throws ResourceNotFoundError */
  get(devBrowserId: string, id: string): SignUpAttempt {
    return this.attempts.get(id, this.clients.open(devBrowserId).id);
  }

  /** Changes what the sign-up has. Another address must be verified again. @throws IdentifierExistsError, … */
  update(devBrowserId: string, id: string, params: SignUpParams): SignUpAttempt {
    return this.attempts.put(this.changed(this.open(devBrowserId, id), params));
  }

  /** Sends a code. @throws ParamValueInvalidError when the sign-up has no address for the strategy */
  prepare(devBrowserId: string, id: string, { strategy }: StrategyParams): SignUpAttempt {
    const attempt = this.open(devBrowserId, id);
    const kind = KINDS[strategy];
    const address = attempt[kind];
    if (address === null) {
      throw new ParamValueInvalidError('strategy', `strategy ${strategy} needs a sign-up with ${kind}.`);
    }
    if (address.sent?.verification.status === 'verified') throw new VerificationDoneError();
    const sent = this.codes.send({ to: address.value, userId: null, attemptId: id });
    return this.attempts.put({ ...attempt, [kind]: { ...address, sent } });
  }

  /** Checks a code. The last right one creates the user and a session. @throws CodeIncorrectError, … */
  attempt(devBrowserId: string, id: string, { strategy, code }: AttemptParams): SignUpAttempt {
    const attempt = this.open(devBrowserId, id);
    const kind = KINDS[strategy];
    const address = attempt[kind];
    if (!address?.sent) throw new VerificationMissingError();
    const { verification, failure } = this.codes.attempt(address.sent, code, null);
    const tried = { ...attempt, [kind]: { ...address, sent: { ...address.sent, verification } } };
    this.attempts.put(tried);
    if (failure) throw failure;
    return isReady(tried) ? this.complete(devBrowserId, tried, strategy) : tried;
  }

  /** Creates the user and a session of it. @param strategy by which the sign-up was completed */
  complete(devBrowserId: string, attempt: SignUpAttempt, strategy: SignInStrategy): SignUpAttempt {
    const { email_address, phone_number, first_name, last_name, unsafe_metadata, locale, legal_accepted_at } = attempt;
    const params = {
      email_address: email_address === null ? [] : [email_address.value],
      phone_number: phone_number === null ? [] : [phone_number.value],
      ...{ first_name, last_name, unsafe_metadata, locale },
      ...(legal_accepted_at !== null && { legal_accepted_at }),
    };
    const user = this.users.create(params, (created, now) => addProvider(created, attempt, now));
    const session = this.clients.signIn(devBrowserId, user.id, strategy);
    return this.attempts.put({ ...attempt, createdUserId: user.id, createdSessionId: session.id });
  }

  private open(devBrowserId: string, id: string): SignUpAttempt {
    const attempt = this.get(devBrowserId, id);
    if (attempt.createdUserId !== null) throw new VerificationDoneError();
    return attempt;
  }

  private changed(before: SignUpAttempt, params: SignUpParams): SignUpAttempt {
    const { unsafe_metadata = before.unsafe_metadata, legal_accepted } = params;
    assertMetadataFits('unsafe_metadata', unsafe_metadata);
    return {
      ...before,
      email_address: this.address(before, 'email_address', params),
      phone_number: this.address(before, 'phone_number', params),
      first_name: params.first_name === undefined ? before.first_name : params.first_name,
      last_name: params.last_name === undefined ? before.last_name : params.last_name,
      unsafe_metadata,
      legal_accepted_at: legal_accepted === 'true' ? this.now() : before.legal_accepted_at,
    };
  }

  private address(before: SignUpAttempt, kind: SignUpIdentifier, params: SignUpParams): SignUpAttempt[typeof kind] {
    const value = params[kind];
    if (value === undefined || value === before[kind]?.value) return before[kind];
    assertFree(this.store, kind, value, '');
    return { value, sent: null };
  }
}

/** Gives a new user the account at the Test Provider that has verified the sign-up. */
function addProvider(user: ClerkUser, attempt: SignUpAttempt, now: number): void {
  const { verification, profile } = attempt.provider ?? {};
  if (!profile || verification?.status !== 'verified') return;
  for (const email of user.email_addresses) {
    if (isByProvider(attempt, 'email_address')) email.verification = verificationByProvider();
  }
  addExternalAccount(user, profile, now);
}
