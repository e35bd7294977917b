import { Controller, Get } from '@nestjs/common';
import { UserStore } from '../keep-users/user.store';
import { SignInAttempts, SignUpAttempts } from './attempt.store';
import { Clients } from './clients';
import { DevBrowsers } from './dev-browser.store';
import { type SignInAttempt, signInView } from './sign-in-attempt';
import { type SignUpAttempt, signUpView } from './sign-up-attempt';

const SHOWN = 100;

/** A browser that uses the Frontend API, without its credential. Times in ms since 1970. */
interface BrowserSummary {
  readonly client_id: string;
  readonly last_active_session_id: string | null;
  readonly sessions: readonly { readonly id: string; readonly user_id: string; readonly created_at: number }[];
  readonly created_at: number;
  readonly updated_at: number;
}

/** A sign-in or sign-up of a browser, without its code. */
interface AttemptSummary {
  readonly id: string;
  readonly kind: 'sign_in' | 'sign_up';
  readonly status: string;
  /** E-mail address or phone number; null until the browser says who signs in. */
  readonly identifier: string | null;
  /** How it was verified last, and with which result; null before that. */
  readonly verification: {
    readonly strategy: string;
    readonly status: string;
    readonly attempts: number | null;
  } | null;
  readonly client_id: string;
  readonly user_id: string | null;
  readonly created_at: number;
}

/** Routes of the control API that show browsers with their sign-ins and sign-ups, newest first and at most 100 of each. */
@Controller('emulator')
export class BrowsersController {
  constructor(
    private readonly devBrowsers: DevBrowsers,
    private readonly clients: Clients,
    private readonly signIns: SignInAttempts,
    private readonly signUps: SignUpAttempts,
    private readonly users: UserStore,
  ) {}

  @Get('browsers')
  browsers(): { data: BrowserSummary[] } {
    const latest = this.devBrowsers.all().slice(-SHOWN).reverse();
    const data = latest.map((client) => ({
      client_id: client.id,
      last_active_session_id: client.last_active_session_id,
      sessions: this.clients.liveSessions(client).map(({ id, user_id, created_at }) => ({ id, user_id, created_at })),
      created_at: client.created_at,
      updated_at: client.updated_at,
    }));
    return { data };
  }

  @Get('attempts')
  attempts(): { data: AttemptSummary[] } {
    const all = [
      ...this.signIns.latest(SHOWN).map((attempt) => this.ofSignIn(attempt)),
      ...this.signUps.latest(SHOWN).map(ofSignUp),
    ];
    return { data: all.sort((a, b) => b.created_at - a.created_at).slice(0, SHOWN) };
  }

  private ofSignIn(attempt: SignInAttempt): AttemptSummary {
    const view = signInView(attempt, this.users.find(attempt.userId ?? ''));
    return {
      ...{ id: attempt.id, kind: 'sign_in', status: view.status, identifier: view.identifier },
      verification: ofVerification(view.first_factor_verification),
      ...{ client_id: attempt.clientId, user_id: attempt.userId, created_at: attempt.createdAt },
    };
  }
}

function ofSignUp(attempt: SignUpAttempt): AttemptSummary {
  const view = signUpView(attempt);
  const { external_account, email_address, phone_number } = view.verifications;
  return {
    ...{ id: attempt.id, kind: 'sign_up', status: view.status, identifier: view.email_address ?? view.phone_number },
    verification: ofVerification(external_account ?? email_address ?? phone_number),
    ...{ client_id: attempt.clientId, user_id: attempt.createdUserId, created_at: attempt.createdAt },
  };
}

function ofVerification(verification: AttemptSummary['verification']): AttemptSummary['verification'] {
  if (verification === null) return null;
  const { strategy, status, attempts } = verification;
  return { strategy, status, attempts };
}
