import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { type JsonObject } from '../clerk/json';
import { type ClerkSession } from '../clerk/session';
import { ResourceNotFoundError } from '../errors';
import { TicketInvalidError } from '../sign-in-errors';
import { Instance } from '../instance';
import { SessionsService } from '../keep-sessions/sessions.service';
import { UserStore } from '../keep-users/user.store';
import { EmulatorState } from '../persist-state/emulator-state';
import { NOW } from '../tokens';

const TOKENS_KEPT = 1_000;
const HOUR_SECONDS = 3_600;
const HALF_HOUR_SECONDS = 1_800;

/** An actor token as Clerk's Backend API returns it. */
export interface ActorToken {
  object: 'actor_token';
  id: string;
  status: 'pending' | 'accepted' | 'revoked';
  user_id: string;
  actor: JsonObject;
  /** The ticket; null when it was used or revoked. */
  token: string | null;
  url: string | null;
  created_at: number;
  updated_at: number;
}

interface StoredToken {
  readonly token: ActorToken;
  readonly ticket: string;
  readonly expiresAt: number;
  readonly sessionMs: number;
}

/** Actor tokens: single-use tickets with which an actor signs in as a user. */
@Injectable()
export class ActorTokens {
  private readonly tokens = new Map<string, StoredToken>();

  constructor(
    private readonly users: UserStore,
    private readonly sessions: SessionsService,
    private readonly instance: Instance,
    @Inject(NOW) private readonly now: Now,
    state: EmulatorState,
  ) {
    state.register({ reset: () => this.tokens.clear() });
  }

  /**
   * Creates an actor token. By default the ticket expires after an hour and the session after half an hour.
   * @throws ResourceNotFoundError
   */
  create(params: {
    readonly user_id: string;
    readonly actor: JsonObject;
    readonly expires_in_seconds?: number | null | undefined;
    readonly session_max_duration_in_seconds?: number | null | undefined;
  }): ActorToken {
    this.users.get(params.user_id);
    const now = this.now();
    const ticket = randomBytes(24).toString('base64url');
    const token: ActorToken = {
      object: 'actor_token',
      id: newId('act', now),
      status: 'pending',
      user_id: params.user_id,
      actor: params.actor,
      token: ticket,
      url: `${this.instance.url}/?__clerk_ticket=${ticket}`,
      created_at: now,
      updated_at: now,
    };
    const expiresAt = now + (params.expires_in_seconds ?? HOUR_SECONDS) * 1_000;
    const sessionMs = (params.session_max_duration_in_seconds ?? HALF_HOUR_SECONDS) * 1_000;
    this.put({ token, ticket, expiresAt, sessionMs });
    return token;
  }

  /** Revokes the token. @throws ResourceNotFoundError, TicketInvalidError when the token was accepted before */
  revoke(id: string): ActorToken {
    const stored = this.tokens.get(id);
    if (!stored) throw new ResourceNotFoundError('actor token', id);
    if (stored.token.status === 'accepted') throw new TicketInvalidError();
    return this.settle(stored, 'revoked');
  }

  /**
   * Exchanges a ticket for a session of the user.
   * @throws TicketInvalidError, UserBannedError, UserDeactivatedError, UserLockedError
   */
  redeem(ticket: string): ClerkSession {
    const stored = [...this.tokens.values()].find((each) => each.ticket === ticket);
    if (!stored || stored.token.status !== 'pending' || this.now() >= stored.expiresAt) throw new TicketInvalidError();
    const { user_id, actor } = stored.token;
    const session = this.sessions.signIn(user_id, { actor, lifetimeMs: stored.sessionMs });
    this.settle(stored, 'accepted');
    return session;
  }

  private settle(stored: StoredToken, status: 'accepted' | 'revoked'): ActorToken {
    const token = { ...stored.token, status, token: null, url: null, updated_at: this.now() };
    this.put({ ...stored, token });
    return token;
  }

  private put(stored: StoredToken): void {
    this.tokens.set(stored.token.id, stored);
    const [oldest] = this.tokens.keys();
    if (this.tokens.size > TOKENS_KEPT && oldest !== undefined) this.tokens.delete(oldest);
  }
}
