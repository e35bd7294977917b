import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post } from '@nestjs/common';
import { NOW, type Now } from '../clerk/clock';
import { type DeliverySummary, summaryOf } from '../deliver-webhooks/delivery-view';
import { DeliveryLog } from '../deliver-webhooks/delivery-log';
import { WebhookDispatcher } from '../deliver-webhooks/webhook-dispatcher';
import { ClerkParams } from '../http/clerk-params.pipe';
import { type Endpoint } from './endpoint';
import {
  type CreateEndpointParams,
  createEndpointParams,
  type ReplayParams,
  replayParams,
  type RotateSecretParams,
  rotateSecretParams,
  type UpdateEndpointParams,
  updateEndpointParams,
} from './endpoint.schemas';
import { Endpoints } from './endpoints';

/** An endpoint without its secrets. */
export interface EndpointView extends Omit<Endpoint, 'secret' | 'previous_secrets'> {
  object: 'endpoint';
  /** When the last of the old secrets stops signing; null when one alone signs. */
  rotation_ends_at: number | null;
}

/** Makes, changes and removes endpoints, rotates their secrets and replays what they were sent. */
@Controller('emulator/endpoints')
export class EndpointsController {
  constructor(
    private readonly endpoints: Endpoints,
    private readonly log: DeliveryLog,
    private readonly dispatcher: WebhookDispatcher,
    @Inject(NOW) private readonly now: Now,
  ) {}

  @Get()
  list(): { data: EndpointView[] } {
    return { data: this.endpoints.all().map((endpoint) => this.view(endpoint)) };
  }

  /** The answer, and no later one but `secret`'s, carries the secret. */
  @Post()
  @HttpCode(200)
  create(@Body(new ClerkParams(createEndpointParams)) params: CreateEndpointParams): EndpointView & { secret: string } {
    const endpoint = this.endpoints.create(params);
    return { ...this.view(endpoint), secret: endpoint.secret };
  }

  @Get(':id')
  get(@Param('id') id: string): EndpointView {
    return this.view(this.endpoints.get(id));
  }

  @Patch(':id')
  update(
    @Param('id') id: string,
    @Body(new ClerkParams(updateEndpointParams)) params: UpdateEndpointParams,
  ): EndpointView {
    return this.view(this.endpoints.update(id, params));
  }

  /** What was pending for it is given up. */
  @Delete(':id')
  delete(@Param('id') id: string): { object: 'endpoint'; id: string; deleted: true } {
    this.endpoints.delete(id);
    this.dispatcher.giveUpFor(id, 'endpoint deleted');
    return { object: 'endpoint', id, deleted: true };
  }

  @Get(':id/secret')
  secret(@Param('id') id: string): { secret: string } {
    return { secret: this.endpoints.get(id).secret };
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  rotate(
    @Param('id') id: string,
    @Body(new ClerkParams(rotateSecretParams)) params: RotateSecretParams,
  ): EndpointView & { secret: string } {
    const endpoint = this.endpoints.rotateSecret(id, params);
    return { ...this.view(endpoint), secret: endpoint.secret };
  }

  /** Sends again, oldest first and under their old ids, what was recorded for it in that time. */
  @Post(':id/replay')
  @HttpCode(200)
  replay(
    @Param('id') id: string,
    @Body(new ClerkParams(replayParams)) params: ReplayParams,
  ): { count: number; data: DeliverySummary[] } {
    this.endpoints.get(id);
    const range = { since: params.since, until: params.until ?? this.now() };
    const found = this.log.between(id, range).filter(({ status }) => !params.status || status === params.status);
    for (const delivery of found) this.dispatcher.sendAgain(delivery);
    return { count: found.length, data: found.map(summaryOf) };
  }

  private view({ secret: _secret, previous_secrets: previous, ...rest }: Endpoint): EndpointView {
    const ends = previous.map((each) => each.expires_at).filter((at) => at > this.now());
    return { ...rest, object: 'endpoint', rotation_ends_at: ends.length === 0 ? null : Math.max(...ends) };
  }
}
