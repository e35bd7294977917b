import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { base62, newId } from '../clerk/ids';
import { newWebhookSecret } from '../clerk/webhook-secret';
import { type EmulatorConfig } from '../config';
import { ResourceNotFoundError, TooManyResourcesError } from '../errors';
import { Notices } from '../notices/notices';
import { EmulatorState } from '../persist-state/emulator-state';
import { CONFIG, NOW } from '../tokens';
import { type Endpoint, subscribesTo } from './endpoint';
import { type CreateEndpointParams, type RotateSecretParams, type UpdateEndpointParams } from './endpoint.schemas';
import { savedEndpoints } from './saved-endpoints';

const ENDPOINT_LIMIT = 10_000;
const PREVIOUS_SECRETS_KEPT = 10;
const DAY_SECONDS = 86_400;

/** The webhook endpoints. A change stores a new object, so an endpoint that a caller got earlier never changes. */
@Injectable()
export class Endpoints {
  private readonly endpoints = new Map<string, Endpoint>();

  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly notices: Notices,
    private readonly state: EmulatorState,
    @Inject(NOW) private readonly now: Now,
  ) {
    this.replace(config.webhookUrls);
    state.register({
      saved: {
        schema: savedEndpoints,
        save: () => ({ endpoints: this.all().filter(({ source }) => source === 'api') }),
        restore: ({ endpoints }) => {
          for (const endpoint of endpoints) if (endpoint.source === 'api') this.endpoints.set(endpoint.id, endpoint);
        },
      },
    });
  }

  /** In order of creation. */
  all(): Endpoint[] {
    return [...this.endpoints.values()];
  }

  get urls(): string[] {
    return this.all().map((endpoint) => endpoint.url);
  }

  find(id: string): Endpoint | undefined {
    return this.endpoints.get(id);
  }

  /** @throws ResourceNotFoundError */
  get(id: string): Endpoint {
    const endpoint = this.endpoints.get(id);
    if (!endpoint) throw new ResourceNotFoundError('endpoint', id);
    return endpoint;
  }

  /** Enabled endpoints that subscribe to this event type. */
  subscribedTo(type: string): Endpoint[] {
    return this.all().filter((endpoint) => endpoint.enabled && subscribesTo(endpoint.event_types, type));
  }

  /**
   * Replaces all endpoints by one for each URL. An endpoint's id is derived from its URL, so that pending deliveries
   * find their endpoint again after a restart.
   */
  replace(urls: readonly string[]): void {
    this.endpoints.clear();
    const seen = new Map<string, number>();
    for (const url of urls) {
      const occurrence = seen.get(url) ?? 0;
      seen.set(url, occurrence + 1);
      const id = `ep_${base62(createHash('sha1').update(`${url}#${occurrence}`).digest())}`;
      this.put(this.newEndpoint(id, { url, secret: this.config.webhookSecret }, 'config'));
    }
  }

  /**
   * Creates an endpoint. Several endpoints can have the same URL; each event is then delivered once for each of them.
   */
  create(params: CreateEndpointParams): Endpoint {
    if (this.endpoints.size >= ENDPOINT_LIMIT) throw new TooManyResourcesError('endpoints', ENDPOINT_LIMIT);
    return this.put(this.newEndpoint(newId('ep', this.now()), params, 'api'));
  }

  /** Updates an endpoint. Enabling or disabling it resets `failing_since`. */
  update(id: string, params: UpdateEndpointParams): Endpoint {
    const before = this.get(id);
    const turned = params.enabled !== undefined && params.enabled !== before.enabled;
    return this.put({
      ...before,
      url: params.url ?? before.url,
      description: params.description === undefined ? before.description : params.description,
      event_types: params.event_types ?? before.event_types,
      ...(turned && {
        enabled: params.enabled,
        disabled_reason: params.enabled ? null : 'manual',
        disabled_at: params.enabled ? null : this.now(),
        failing_since: null,
      }),
      updated_at: this.now(),
    });
  }

  delete(id: string): void {
    this.get(id);
    this.endpoints.delete(id);
    this.state.markChanged();
  }

  /** Makes a new secret current. As at Svix, the former secret signs beside it for a grace period, by default a day. */
  rotateSecret(id: string, params: RotateSecretParams): Endpoint {
    const before = this.get(id);
    const now = this.now();
    const expires_at = now + (params.grace_seconds ?? DAY_SECONDS) * 1_000;
    const live = before.previous_secrets.filter((previous) => previous.expires_at > now);
    return this.put({
      ...before,
      secret: params.secret ?? newWebhookSecret(),
      previous_secrets: [{ secret: before.secret, expires_at }, ...live].slice(0, PREVIOUS_SECRETS_KEPT),
      updated_at: now,
    });
  }

  /**
   * Records the result of an attempt. Disables the endpoint when all attempts have failed for `webhookDisableAfterMs`.
   */
  noteAttempt(id: string, succeeded: boolean): void {
    const before = this.endpoints.get(id);
    if (!before || (succeeded && before.failing_since === null)) return;
    const now = this.now();
    const failing_since = succeeded ? null : (before.failing_since ?? now);
    this.put({ ...before, failing_since });
    if (failing_since === null || !before.enabled || now - failing_since < this.config.webhookDisableAfterMs) return;
    this.put({ ...before, failing_since, enabled: false, disabled_reason: 'failing', disabled_at: now });
    this.notices.add('endpoint.disabled', { endpoint_id: id, url: before.url, failing_since });
  }

  private newEndpoint(id: string, params: CreateEndpointParams, source: Endpoint['source']): Endpoint {
    const now = this.now();
    const enabled = params.enabled ?? true;
    return {
      id,
      url: params.url,
      description: params.description ?? null,
      event_types: params.event_types ?? [],
      enabled,
      disabled_reason: enabled ? null : 'manual',
      disabled_at: enabled ? null : now,
      failing_since: null,
      secret: params.secret ?? newWebhookSecret(),
      previous_secrets: [],
      created_at: now,
      updated_at: now,
      source,
    };
  }

  private put(endpoint: Endpoint): Endpoint {
    this.endpoints.set(endpoint.id, endpoint);
    this.state.markChanged();
    return endpoint;
  }
}
