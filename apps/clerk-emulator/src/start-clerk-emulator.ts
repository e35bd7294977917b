import { setTimeout as sleep } from 'node:timers/promises';
import { type Now } from './clerk/clock';
import { type ClerkSession, type SessionOptions } from './clerk/session';
import { type ClerkUser } from './clerk/user';
import { type EmulatorConfig, loadConfig } from './config';
import { type Delivery } from './deliver-webhooks/delivery';
import { DeliveryLog } from './deliver-webhooks/delivery-log';
import { type DeliveryDetail, detailOf } from './deliver-webhooks/delivery-view';
import { WebhookDispatcher } from './deliver-webhooks/webhook-dispatcher';
import { NothingCameError } from './errors';
import { type GeneratedUsers, GeneratorService } from './generate-data/generator.service';
import { type History } from './generate-data/history';
import { type FaultRule } from './inject-faults/fault-rule';
import { type CreateFaultParams } from './inject-faults/fault.schemas';
import { Faults } from './inject-faults/faults';
import { Instance } from './instance';
import { type Endpoint } from './keep-endpoints/endpoint';
import { type CreateEndpointParams } from './keep-endpoints/endpoint.schemas';
import { Endpoints } from './keep-endpoints/endpoints';
import { SessionsService } from './keep-sessions/sessions.service';
import { type CreateUserParams, createUserParams } from './keep-users/user.schemas';
import { UserStore } from './keep-users/user.store';
import { UsersService } from './keep-users/users.service';
import { type RateLimitMode } from './limit-rates/rate-limit-mode';
import { RateLimiter } from './limit-rates/rate-limiter';
import { listen } from './listen';
import { KeyRing } from './mint-tokens/key-ring';
import { type TokenFaults, TokenMinter } from './mint-tokens/token-minter';
import { TOKEN_PRESETS, type TokenPreset } from './mint-tokens/token-presets';
import { ModerationService } from './moderate-users/moderation.service';
import { EmulatorState } from './persist-state/emulator-state';
import { Outbox, type SentMessage } from './sign-in-by-code/outbox';

/** Options of {@link startClerkEmulator}. Every field has a default; the environment is not read. */
export interface ClerkEmulatorOptions extends Partial<EmulatorConfig> {
  /** The emulator's clock in ms since 1970; `Date.now` by default. */
  readonly now?: Now;
}

/** Filter of deliveries; an omitted `type`, `userId` or `endpointId` matches every delivery. */
export interface DeliveryWanted {
  readonly type?: string;
  readonly userId?: string;
  readonly endpointId?: string;
  /** Default: `waitForDelivery` waits for `delivered`, and `deliveries` returns `any`. */
  readonly status?: 'pending' | 'delivered' | 'failed' | 'any';
  /** Default 5000. */
  readonly timeoutMs?: number;
}

/** A running emulator, for tests. */
export interface ClerkEmulator {
  /** Base URL: the `apiUrl` of `@clerk/backend`. */
  readonly url: string;
  readonly issuer: string;
  readonly instanceId: string;
  readonly secretKey: string;
  /** Secret of the webhooks to the endpoints of `webhookUrls` and `setWebhookUrls`. */
  readonly webhookSecret: string;
  /** Public PEM of the active key: the `jwtKey` of `@clerk/backend`. */
  readonly jwtKey: string;
  readonly jwksUrl: string;
  /** The key of Clerk's packages for browsers, whose `proxyUrl` is {@link url}. */
  readonly publishableKey: string;
  /** Options for `createClerkClient` of `@clerk/backend`. */
  readonly clientOptions: { readonly secretKey: string; readonly apiUrl: string; readonly jwtKey: string };

  /**
   * Creates a user, by default with a unique e-mail address. Sends `user.created`.
   * @throws ZodError for invalid params
   * @throws ClerkApiError, for example when the address is taken or the emulator is full
   */
  createUser(params?: CreateUserParams): ClerkUser;
  /** Deletes a user and its sessions. Sends `user.deleted`. @throws ResourceNotFoundError */
  deleteUser(userId: string): void;
  /**
   * Deprovisions a user, as directory sync does; with `deprovisioned` false, reprovisions the user. Sends
   * `user.updated`.
   * @throws ResourceNotFoundError
   */
  deprovision(userId: string, deprovisioned?: boolean): ClerkUser;
  /** The current state of a user; undefined when it does not exist. */
  findUser(userId: string): ClerkUser | undefined;
  /** All users, oldest first: the state that a consumer of the webhooks must reach. */
  users(): readonly ClerkUser[];
  /** Signs a user in. Sends `user.updated`, then `session.created`, or for a pending session `session.pending`. */
  signIn(userId: string, options?: SessionOptions): ClerkSession;
  /** Ends a session with the given status; default `removed`, as when the user signs out. */
  signOut(sessionId: string, how?: 'removed' | 'ended' | 'revoked'): ClerkSession;
  /**
   * Mints a token for a session, or signs a user in and mints a token for the new session. The session may have ended.
   * Without `faults`, the token itself is valid. A preset makes it invalid for one reason.
   */
  token(sessionOrUserId: string, faults?: TokenPreset | TokenFaults): Promise<string>;
  /** The latest code that was sent to an address or number. */
  lastCode(identifier: string): string | undefined;
  /** Messages with codes, newest first. @param identifier returns only messages to this address or number */
  messages(identifier?: string): SentMessage[];

  /** Replaces all endpoints by these URLs. */
  setWebhookUrls(urls: readonly string[]): void;
  /** Adds an endpoint with its own secret and event types. */
  addEndpoint(params: CreateEndpointParams): Endpoint;
  /** Deliveries with bodies, requests and responses, newest first. */
  deliveries(filter?: Omit<DeliveryWanted, 'timeoutMs'>): DeliveryDetail[];
  /** Resolves with the oldest matching delivery, as soon as there is one. @throws NothingCameError after `timeoutMs` */
  waitForDelivery(wanted?: DeliveryWanted): Promise<DeliveryDetail>;
  /**
   * Resolves when no attempt is in flight or due. Ignores deliveries that wait for a retry or that a fault delays or
   * holds.
   */
  whenIdle(): Promise<void>;
  /** Resolves when no delivery is pending. @throws NothingCameError after `timeoutMs` */
  whenSettled(timeoutMs?: number): Promise<void>;

  /** Adds a fault rule. */
  addFault(params: CreateFaultParams): FaultRule;
  /** Removes all fault rules. */
  clearFaults(): void;
  /** Sets the seed of the faults and resets their counts. */
  setSeed(seed: string): void;
  setRateLimits(mode: RateLimitMode): void;
  /** Makes a new signing key active. Tokens of the old key verify until `retireKey`. Resolves with the new `kid`. */
  rotateKey(): Promise<string>;
  retireKey(kid: string): void;

  /** Generates users from the seed; sends no webhooks. */
  generateUsers(count: number, seed?: string): Promise<GeneratedUsers>;
  /** Applies a random history, sends its webhooks and resolves with the history. */
  applyHistory(options: {
    readonly seed: string;
    readonly steps: number;
    readonly maxUsers?: number;
  }): Promise<History>;
  /**
   * Deletes users, sessions, deliveries, faults, messages and notices; endpoints and keys stay. Attempts in flight
   * continue; `whenIdle` waits for them.
   */
  reset(): void;
  /** Waits for attempts in flight, at most 3 s, and closes the port. */
  close(): Promise<void>;
}

const WAIT_MS = 5_000;
const MANY = 100_000;

/**
 * Starts an emulator on a free port of the loopback interface. By default it has no webhook endpoints and logs nothing.
 *
 * @throws StateFileInvalidError, ListenFailedError
 */
export async function startClerkEmulator(options: ClerkEmulatorOptions = {}): Promise<ClerkEmulator> {
  const { now, ...given } = options;
  const config: EmulatorConfig = { ...loadConfig({}), port: 0, webhookUrls: [], logLevel: 'silent', ...given };
  const { app, url } = await listen(config, now);
  const { secretKey, instanceId, webhookSecret } = config;
  const endpoints = app.get(Endpoints);
  const dispatcher = app.get(WebhookDispatcher);
  const log = app.get(DeliveryLog);
  const keys = app.get(KeyRing);
  const users = app.get(UserStore);
  const usersService = app.get(UsersService);
  const sessions = app.get(SessionsService);
  const outbox = app.get(Outbox);
  const faults = app.get(Faults);
  const generator = app.get(GeneratorService);
  let serial = 0;

  const deliveries = (wanted: Omit<DeliveryWanted, 'timeoutMs'> = {}): Delivery[] => {
    const { type, userId: user_id, endpointId: endpoint_id, status = 'any' } = wanted;
    return log.list({ type, user_id, endpoint_id, status: status === 'any' ? undefined : status, limit: MANY });
  };

  return {
    url,
    issuer: app.get(Instance).issuer,
    instanceId,
    secretKey,
    webhookSecret,
    get jwtKey() {
      return keys.active.publicPem;
    },
    jwksUrl: `${url}/.well-known/jwks.json`,
    publishableKey: app.get(Instance).publishableKey,
    get clientOptions() {
      return { secretKey, apiUrl: url, jwtKey: keys.active.publicPem };
    },

    createUser: (params) => {
      const filled = params ?? { email_address: [`user-${++serial}@example.com`] };
      return usersService.create(createUserParams.parse(filled));
    },
    deleteUser: (userId) => void usersService.remove(userId),
    deprovision: (userId, deprovisioned = true) =>
      app.get(ModerationService)[deprovisioned ? 'deprovision' : 'reprovision'](userId),
    findUser: (userId) => users.find(userId),
    users: () => [...users.oldestFirst()],
    signIn: (userId, sessionOptions) => sessions.signIn(userId, sessionOptions),
    signOut: (sessionId, how = 'removed') => sessions.finish(sessionId, how),
    token: async (id, invalid = {}) => {
      const sessionId = id.startsWith('sess_') ? id : sessions.signIn(id).id;
      return app.get(TokenMinter).mintFaulty(sessionId, typeof invalid === 'string' ? TOKEN_PRESETS[invalid] : invalid);
    },
    lastCode: (identifier) => outbox.list(identifier)[0]?.code,
    messages: (identifier) => outbox.list(identifier),

    setWebhookUrls: (urls) => endpoints.replace(urls),
    addEndpoint: (params) => endpoints.create(params),
    deliveries: (wanted) => deliveries(wanted).map(detailOf),
    waitForDelivery: async ({ timeoutMs = WAIT_MS, ...wanted } = {}) => {
      const find = () => deliveries({ status: 'delivered', ...wanted }).at(-1);
      return detailOf(await untilSome(log, find, wanted.type ?? 'delivery', timeoutMs));
    },
    whenIdle: () => dispatcher.whenIdle(),
    whenSettled: async (timeoutMs = WAIT_MS) => {
      const settled = () => (log.pendingCount === 0 ? true : undefined);
      await untilSome(log, settled, 'end of the pending deliveries', timeoutMs);
      await dispatcher.whenIdle();
    },

    addFault: (params) => faults.create(params),
    clearFaults: () => faults.clear(),
    setSeed: (seed) => faults.setSeed(seed),
    setRateLimits: (mode) => app.get(RateLimiter).setMode(mode),
    rotateKey: async () => (await keys.rotate()).kid,
    retireKey: (kid) => keys.retire(kid),

    generateUsers: (count, seed = config.seed) => generator.generateUsers(count, seed),
    applyHistory: (history) => generator.applyHistory(history),
    reset: () => app.get(EmulatorState).reset(),
    close: () => app.close(),
  };
}

/** Calls `find` now and after every change of a delivery, until `find` returns a value. @throws NothingCameError */
async function untilSome<T>(log: DeliveryLog, find: () => T | undefined, what: string, timeoutMs: number): Promise<T> {
  const settled = new AbortController();
  let stopListening: () => void = () => undefined;
  const found = new Promise<T>((resolve) => {
    const check = (): void => {
      const result = find();
      if (result !== undefined) resolve(result);
    };
    stopListening = log.onChange(check);
    check();
  });
  const timedOut = sleep(timeoutMs, undefined, { signal: settled.signal }).then(
    () => Promise.reject(new NothingCameError(what, timeoutMs)),
    // Reached when `finally` below aborts the timer. The result is known by then, so nobody waits for this promise.
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([found, timedOut]);
  } finally {
    stopListening();
    settled.abort();
  }
}
