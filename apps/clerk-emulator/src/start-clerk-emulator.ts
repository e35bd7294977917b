import { boot } from './boot';
import { type Now } from './clerk/clock';
import { type EmulatorConfig, loadConfig } from './config';
import { Endpoints } from './keep-endpoints/endpoints';
import { WebhookDispatcher } from './deliver-webhooks/webhook-dispatcher';
import { Instance } from './instance';
import { SigningKey } from './mint-tokens/signing-key';

/** What {@link startClerkEmulator} takes; every field has a default, and the environment is not read. */
export interface ClerkEmulatorOptions extends Partial<EmulatorConfig> {
  /** The emulator's clock in ms since 1970; `Date.now` by default. */
  readonly now?: Now;
}

/** A running emulator, for tests. */
export interface ClerkEmulator {
  /** Base URL: the `apiUrl` of `@clerk/backend`. */
  readonly url: string;
  readonly issuer: string;
  readonly instanceId: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Public key as PEM: the `jwtKey` of `@clerk/backend`. */
  readonly jwtKey: string;
  readonly jwksUrl: string;
  /** Sends events from now on to these URLs. */
  setWebhookUrls(urls: readonly string[]): void;
  /** Resolves when no webhook attempt is in hand or due at once. */
  whenIdle(): Promise<void>;
  /** Finishes the attempts in hand and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts an emulator on a free port of the loopback interface, sending no webhooks until it is told where.
 *
 * @throws StateFileInvalidError, ListenFailedError
 */
export async function startClerkEmulator(options: ClerkEmulatorOptions = {}): Promise<ClerkEmulator> {
  const { now, ...given } = options;
  const config: EmulatorConfig = { ...loadConfig({}), port: 0, webhookUrls: [], logLevel: 'silent', ...given };
  const { app, url } = await boot(config, now);
  const endpoints = app.get(Endpoints);
  const dispatcher = app.get(WebhookDispatcher);
  return {
    url,
    issuer: app.get(Instance).issuer,
    instanceId: config.instanceId,
    secretKey: config.secretKey,
    webhookSecret: config.webhookSecret,
    jwtKey: app.get(SigningKey).publicPem,
    jwksUrl: `${url}/.well-known/jwks.json`,
    setWebhookUrls: (urls) => endpoints.replace(urls),
    whenIdle: () => dispatcher.whenIdle(),
    close: () => app.close(),
  };
}
