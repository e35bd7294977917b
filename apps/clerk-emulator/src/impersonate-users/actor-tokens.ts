import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { NOW, type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { type JsonObject } from '../clerk/json';
import { type ClerkSession } from '../clerk/session';
import { ResourceNotFoundError } from '../errors';
import { Instance } from '../instance';
import { SessionsService } from '../keep-sessions/sessions.service';
import { UserStore } from '../keep-users/user.store';
import { TicketInvalidError } from './errors';

const KEPT = 1_000;
const HOUR_SECONDS = 3_600;
const HALF_HOUR_SECONDS = 1_800;

/** An actor token as Clerk's Backend API answers it. */
export interface ActorToken {
  object: 'actor_token';
  id: string;
  status: 'pending' | 'accepted' | 'revoked';
  user_id: string;
  actor: JsonObject;
  /** The ticket; null once it is of no use. */
  token: string | null;
  url: string | null;
  created_at: number;
  updated_at: number;
}

interface Kept {
  readonly token: ActorToken;
  readonly ticket: string;
  readonly expiresAt: number;
  readonly sessionMs: number;
}

/** Lets an actor sign in as a user by a ticket that is used once. */
@Injectable()
export class ActorTokens {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly users: UserStore,
    private readonly sessions: SessionsService,
    private readonly instance: Instance,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** A ticket of an hour for a session of half an hour, unless told otherwise. @throws ResourceNotFoundError */
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
    this.keep({ token, ticket, expiresAt, sessionMs });
    return token;
  }

  /** @throws ResourceNotFoundError, TicketInvalidError once it was accepted */
  revoke(id: string): ActorToken {
    const kept = this.kept.get(id);
    if (!kept) throw new ResourceNotFoundError('actor token', id);
    if (kept.token.status === 'accepted') throw new TicketInvalidError();
    return this.settle(kept, 'revoked');
  }

  /** @throws TicketInvalidError, UserBannedError, UserDeactivatedError, UserLockedError */
  redeem(ticket: string): ClerkSession {
    const kept = [...this.kept.values()].find((each) => each.ticket === ticket);
    if (!kept || kept.token.status !== 'pending' || this.now() >= kept.expiresAt) throw new TicketInvalidError();
    const { user_id, actor } = kept.token;
    const session = this.sessions.signIn(user_id, { actor, lifetimeMs: kept.sessionMs });
    this.settle(kept, 'accepted');
    return session;
  }

  clear(): void {
    this.kept.clear();
  }

  private settle(kept: Kept, status: 'accepted' | 'revoked'): ActorToken {
    const token = { ...kept.token, status, token: null, url: null, updated_at: this.now() };
    this.keep({ ...kept, token });
    return token;
  }

  private keep(kept: Kept): void {
    this.kept.set(kept.token.id, kept);
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest);
  }
}
