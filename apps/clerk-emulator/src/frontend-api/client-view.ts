import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { type ClerkSession, isLive } from '../clerk/session';
import { UserStore } from '../keep-users/user.store';
import { TokenMinter } from '../mint-tokens/token-minter';
import { NOW } from '../tokens';
import { SignInAttempts, SignUpAttempts } from './attempt.store';
import { type BrowserClient } from './browser-client';
import { type Caller, type TokenTarget } from './caller';
import { Clients } from './clients';
import { DevBrowsers } from './dev-browser.store';
import { type SessionView, sessionView } from './session-view';
import { type SignInView, signInView } from './sign-in-attempt';
import { type SignUpView, signUpView } from './sign-up-attempt';

/** A client as the Frontend API returns it. Times in ms since 1970. */
export interface ClientView {
  readonly object: 'client';
  readonly id: string;
  readonly sessions: readonly SessionView[];
  /** Null when the sign-in is complete. */
  readonly sign_in: SignInView | null;
  /** Null when the sign-up is complete. */
  readonly sign_up: SignUpView | null;
  readonly last_active_session_id: string | null;
  readonly last_authentication_strategy: string | null;
  readonly cookie_expires_at: null;
  readonly captcha_bypass: false;
  readonly created_at: number;
  readonly updated_at: number;
}

/** Makes what the Frontend API returns of clients and sessions. */
@Injectable()
export class ClientViews {
  constructor(
    private readonly devBrowsers: DevBrowsers,
    private readonly clients: Clients,
    private readonly signIns: SignInAttempts,
    private readonly signUps: SignUpAttempts,
    private readonly users: UserStore,
    private readonly minter: TokenMinter,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** The client of the browser; null until somebody begins to sign in or up there. */
  async ofCaller(caller: Pick<Caller, 'devBrowserId' | keyof TokenTarget>): Promise<ClientView | null> {
    const client = this.devBrowsers.clientOf(caller.devBrowserId);
    return client === null ? null : this.ofClient(client, caller);
  }

  /** A session, with a token while it is live. */
  async ofSession(session: ClerkSession, target: TokenTarget): Promise<SessionView> {
    const now = this.now();
    const jwt = isLive(session, now) ? await this.token(session.id, target) : null;
    return sessionView(session, this.users.get(session.user_id), jwt, now);
  }

  /** A token of a live session. @throws SessionNotActiveError */
  token(sessionId: string, { origin, clockSkewSeconds }: TokenTarget): Promise<string> {
    return this.minter.mint(sessionId, { azp: origin ?? undefined, clockSkewSeconds });
  }

  private async ofClient(client: BrowserClient, target: TokenTarget): Promise<ClientView> {
    const sessions = this.clients.liveSessions(client);
    const signIn = this.signIns.find(client.sign_in_id, client.id);
    const signUp = this.signUps.find(client.sign_up_id, client.id);
    const isActive = sessions.some(({ id }) => id === client.last_active_session_id);
    return {
      object: 'client',
      id: client.id,
      sessions: await Promise.all(sessions.map((session) => this.ofSession(session, target))),
      sign_in: signIn?.createdSessionId === null ? signInView(signIn, this.users.find(signIn.userId ?? '')) : null,
      sign_up: signUp?.createdSessionId === null ? signUpView(signUp) : null,
      last_active_session_id: isActive ? client.last_active_session_id : (sessions.at(-1)?.id ?? null),
      last_authentication_strategy: client.last_authentication_strategy,
      cookie_expires_at: null,
      captcha_bypass: false,
      created_at: client.created_at,
      updated_at: client.updated_at,
    };
  }
}
