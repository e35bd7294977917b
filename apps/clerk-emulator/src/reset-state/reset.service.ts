import { Injectable } from '@nestjs/common';
import { DeliveryLog } from '../deliver-webhooks/delivery-log';
import { WebhookDispatcher } from '../deliver-webhooks/webhook-dispatcher';
import { ActorTokens } from '../impersonate-users/actor-tokens';
import { Faults } from '../inject-faults/faults';
import { SessionStore } from '../keep-sessions/session.store';
import { UserStore } from '../keep-users/user.store';
import { Notices } from '../notices/notices';
import { Outbox } from '../sign-in-by-code/outbox';
import { SignInService } from '../sign-in-by-code/sign-in.service';

/** Forgets what tests leave behind, but for endpoints and keys. */
@Injectable()
export class ResetService {
  constructor(
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
    private readonly log: DeliveryLog,
    private readonly dispatcher: WebhookDispatcher,
    private readonly faults: Faults,
    private readonly outbox: Outbox,
    private readonly signIns: SignInService,
    private readonly actorTokens: ActorTokens,
    private readonly notices: Notices,
  ) {}

  reset(): void {
    this.dispatcher.forgetAll();
    this.dispatcher.resume();
    this.log.clear();
    this.faults.clear();
    this.sessions.clear();
    this.users.clear();
    this.outbox.clear();
    this.signIns.clear();
    this.actorTokens.clear();
    this.notices.clear();
  }
}
