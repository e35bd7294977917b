import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { type DeliverySummary, summaryOf } from '../deliver-webhooks/delivery-view';
import { DeliveryLog } from '../deliver-webhooks/delivery-log';
import { WebhookDispatcher } from '../deliver-webhooks/webhook-dispatcher';
import { ClerkParams } from '../http/clerk-params.pipe';
import { type Endpoint } from '../keep-endpoints/endpoint';
import {
  type CreateEndpointParams,
  createEndpointParams,
  type RotateSecretParams,
  rotateSecretParams,
  type UpdateEndpointParams,
  updateEndpointParams,
} from '../keep-endpoints/endpoint.schemas';
import { Endpoints } from '../keep-endpoints/endpoints';
import { NOW } from '../tokens';
import { type ReplayParams, replayParams } from './control.schemas';

/** An endpoint without its secrets. */
interface EndpointView extends Omit<Endpoint, 'secret' | 'previous_secrets'> {
  object: 'endpoint';
  /** When the last former secret stops signing, in ms since 1970; null when only the current secret signs. */
  rotation_ends_at: number | null;
}

/** Manages endpoints, rotates their secrets and replays their deliveries. */
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

  /** Creates an endpoint. Only this route and the routes `secret` and `rotate-secret` return its secret. */
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

  /** Deletes the endpoint; its pending deliveries fail. */
  @Delete(':id')
  delete(@Param('id') id: string): { object: 'endpoint'; id: string; deleted: true } {
    this.endpoints.delete(id);
    this.dispatcher.failPending(id, 'endpoint deleted');
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

  /**
   * Replays deliveries of the endpoint: those that were created between `since` and `until`. Queues them, oldest first
   * and with the same `svix-id` as before. With `status`, replays only the deliveries that have this status now.
   */
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
