import { Controller, Get } from '@nestjs/common';
import { DeliveryLog } from '../deliver-webhooks/delivery-log';
import { Endpoints } from '../keep-endpoints/endpoints';
import { EventPublisher } from '../deliver-webhooks/event-publisher';
import { WebhookDispatcher } from '../deliver-webhooks/webhook-dispatcher';
import { Instance } from '../instance';
import { SessionStore } from '../keep-sessions/session.store';
import { UserStore } from '../keep-users/user.store';

/** What the emulator says of itself. */
export interface EmulatorHealth {
  status: 'ok';
  instance_id: string;
  issuer: string;
  webhook_urls: readonly string[];
  users: number;
  sessions: number;
  events_published: number;
  deliveries_pending: number;
  /** Attempts that wait for an answer now. */
  deliveries_in_hand: number;
  paused: boolean;
}

/** Answers once the emulator serves. */
@Controller('emulator/health')
export class HealthController {
  constructor(
    private readonly instance: Instance,
    private readonly endpoints: Endpoints,
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
    private readonly events: EventPublisher,
    private readonly deliveries: DeliveryLog,
    private readonly dispatcher: WebhookDispatcher,
  ) {}

  @Get()
  health(): EmulatorHealth {
    return {
      status: 'ok',
      instance_id: this.instance.id,
      issuer: this.instance.issuer,
      webhook_urls: this.endpoints.urls,
      users: this.users.size,
      sessions: this.sessions.size,
      events_published: this.events.count,
      deliveries_pending: this.deliveries.pendingCount,
      deliveries_in_hand: this.dispatcher.inHandCount,
      paused: this.dispatcher.paused,
    };
  }
}
