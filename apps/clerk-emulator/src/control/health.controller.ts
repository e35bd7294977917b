import { Controller, Get } from '@nestjs/common';
import { DeliveryLog } from '../deliver-webhooks/delivery-log';
import { Endpoints } from '../keep-endpoints/endpoints';
import { WebhookDispatcher } from '../deliver-webhooks/webhook-dispatcher';
import { Instance } from '../instance';
import { SessionStore } from '../keep-sessions/session.store';
import { UserStore } from '../keep-users/user.store';

/** Health and counts of the emulator. */
interface EmulatorHealth {
  status: 'ok';
  instance_id: string;
  issuer: string;
  publishable_key: string;
  webhook_urls: readonly string[];
  users: number;
  sessions: number;
  events_published: number;
  deliveries_pending: number;
  /** Deliveries with an attempt in flight: the request was sent, and its response has not arrived. */
  deliveries_in_hand: number;
  paused: boolean;
}

/**
 * Health check. An answer says that the emulator accepts requests. It does not say that webhooks arrive: the counts and
 * `paused` show that.
 */
@Controller('emulator/health')
export class HealthController {
  constructor(
    private readonly instance: Instance,
    private readonly endpoints: Endpoints,
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
    private readonly deliveries: DeliveryLog,
    private readonly dispatcher: WebhookDispatcher,
  ) {}

  @Get()
  health(): EmulatorHealth {
    return {
      status: 'ok',
      instance_id: this.instance.id,
      issuer: this.instance.issuer,
      publishable_key: this.instance.publishableKey,
      webhook_urls: this.endpoints.urls,
      users: this.users.size,
      sessions: this.sessions.size,
      events_published: this.deliveries.eventCount,
      deliveries_pending: this.deliveries.pendingCount,
      deliveries_in_hand: this.dispatcher.inFlightCount,
      paused: this.dispatcher.paused,
    };
  }
}
