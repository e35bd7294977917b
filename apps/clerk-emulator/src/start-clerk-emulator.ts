import { setTimeout as sleep } from 'node:timers/promises';
import { boot } from './boot';
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
import { SessionStore } from './keep-sessions/session.store';
import { SessionsService } from './keep-sessions/sessions.service';
import { type CreateUserParams, createUserParams } from './keep-users/user.schemas';
import { UserStore } from './keep-users/user.store';
import { UsersService } from './keep-users/users.service';
import { type RateLimitMode } from './limit-rates/rate-limit-mode';
import { RateLimiter } from './limit-rates/rate-limiter';
import { KeyRing } from './mint-tokens/key-ring';
import { type TokenFaults, TokenMinter } from './mint-tokens/token-minter';
import { TOKEN_PRESETS, type TokenPreset } from './mint-tokens/token-presets';
import { ResetService } from './reset-state/reset.service';
import { Outbox, type SentMessage } from './sign-in-by-code/outbox';

/** What {@link startClerkEmulator} takes; every field has a default, and the environment is not read. */
export interface ClerkEmulatorOptions extends Partial<EmulatorConfig> {
  /** The emulator's clock in ms since 1970; `Date.now` by default. */
  readonly now?: Now;
}

/** Which delivery is waited for; what is left out does not matter. */
export interface DeliveryWanted {
  readonly type?: string;
  readonly userId?: string;
  readonly endpointId?: string;
  /** `delivered` if left out. */
  readonly status?: 'pending' | 'delivered' | 'failed' | 'any';
  /** 5 s if left out. */
  readonly timeoutMs?: number;
}

/** A running emulator, for tests. */
export interface ClerkEmulator {
  /** Base URL: the `apiUrl` of `@clerk/backend`. */
  readonly url: string;
  readonly issuer: string;
  readonly instanceId: string;
  readonly secretKey: string;
  /** Signs webhooks of the endpoints that `webhookUrls` and `setWebhookUrls` name. */
  readonly webhookSecret: string;
  /** Public key as PEM, of the key that signs now: the `jwtKey` of `@clerk/backend`. */
  readonly jwtKey: string;
  readonly jwksUrl: string;
  /** What `createClerkClient` of `@clerk/backend` takes. */
  readonly clientOptions: { readonly secretKey: string; readonly apiUrl: string; readonly jwtKey: string };

  /** Creates a user as the Backend API does; without parameters one with an address of its own. Sends `user.created`. */
  createUser(params?: CreateUserParams): ClerkUser;
  /** Sends `user.deleted`. @throws ResourceNotFoundError */
  deleteUser(userId: string): void;
  /** Deprovisions a user as directory sync does, or reprovisions it. Sends `user.updated`. @throws ResourceNotFoundError */
  deprovision(userId: string, deprovisioned?: boolean): ClerkUser;
  /** The user as Clerk holds it now; undefined when there is none. */
  findUser(userId: string): ClerkUser | undefined;
  /** Every user, oldest first: what whoever follows the webhooks must come to. */
  users(): readonly ClerkUser[];
  /** Signs a user in, pending or impersonated if told so. Sends `user.updated` and `session.created`. */
  signIn(userId: string, options?: SessionOptions): ClerkSession;
  /** Ends a session: `removed` (signed out, if left out), `ended` or `revoked`. */
  signOut(sessionId: string, how?: 'removed' | 'ended' | 'revoked'): ClerkSession;
  /** A session token for a session, or for a user, who is signed in for it; wrong as a preset or faults say. */
  token(sessionOrUserId: string, faults?: TokenPreset | TokenFaults): Promise<string>;
  /** The latest code sent to an address or number; undefined when none was. */
  lastCode(identifier: string): string | undefined;
  /** Messages with codes, newest first. */
  messages(identifier?: string): SentMessage[];

  /** Sends events from now on to these URLs. */
  setWebhookUrls(urls: readonly string[]): void;
  /** Adds an endpoint with its own secret and filter. */
  addEndpoint(params: CreateEndpointParams): Endpoint;
  /** Deliveries with bodies, requests and answers, newest first. */
  deliveries(filter?: Omit<DeliveryWanted, 'timeoutMs'>): DeliveryDetail[];
  /** The first delivery that is as wanted, now or within the time. @throws NothingCameError */
  waitForDelivery(wanted?: DeliveryWanted): Promise<DeliveryDetail>;
  /** Resolves when no webhook attempt is in hand or due at once; retries, delays and holds do not count. */
  whenIdle(): Promise<void>;
  /** Resolves when no delivery is pending, retries and delays included. @throws NothingCameError after `timeoutMs` */
  whenSettled(timeoutMs?: number): Promise<void>;

  /** Switches a fault on. */
  addFault(params: CreateFaultParams): FaultRule;
  /** Switches every fault off. */
  clearFaults(): void;
  /** Begins the faults' randomness anew. */
  setSeed(seed: string): void;
  setRateLimits(mode: RateLimitMode): void;
  /** A new key signs from now on; the old one verifies until `retireKey`. Gives the new `kid`. */
  rotateKey(): Promise<string>;
  retireKey(kid: string): void;

  /** Makes users that follow from the seed; sends no webhooks. */
  generateUsers(count: number, seed?: string): Promise<GeneratedUsers>;
  /** Lives a random history through, webhooks included, and tells what is true at its end. */
  applyHistory(options: {
    readonly seed: string;
    readonly steps: number;
    readonly maxUsers?: number;
  }): Promise<History>;
  /**
   * Forgets users, sessions, deliveries, faults and messages; endpoints and keys stay. For `beforeEach`; an attempt that
   * is in hand ends by itself, for which `whenIdle` waits.
   */
  reset(): void;
  /** Finishes the attempts in hand and frees the port. */
  close(): Promise<void>;
}

const WAIT_MS = 5_000;
const MANY = 100_000;

/**
 * Starts an emulator on a free port of the loopback interface, sending no webhooks until it is told where.
 *
 * @throws StateFileInvalidError, ListenFailedError
 */
export async function startClerkEmulator(options: ClerkEmulatorOptions = {}): Promise<ClerkEmulator> {
  const { now, ...given } = options;
  const config: EmulatorConfig = { ...loadConfig({}), port: 0, webhookUrls: [], logLevel: 'silent', ...given };
  const { app, url } = await boot(config, now);
  const { secretKey, instanceId, webhookSecret } = config;
  const endpoints = app.get(Endpoints);
  const dispatcher = app.get(WebhookDispatcher);
  const log = app.get(DeliveryLog);
  const keys = app.get(KeyRing);
  const users = app.get(UserStore);
  const usersService = app.get(UsersService);
  const sessions = app.get(SessionsService);
  const sessionStore = app.get(SessionStore);
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
    get clientOptions() {
      return { secretKey, apiUrl: url, jwtKey: keys.active.publicPem };
    },

    createUser: (params) => {
      const filled = params ?? { email_address: [`user-${++serial}@example.com`] };
      return usersService.create(createUserParams.parse(filled));
    },
    deleteUser: (userId) => {
      usersService.remove(userId);
      sessionStore.deleteOf(userId);
    },
    deprovision: (userId, deprovisioned = true) =>
      usersService.change(userId, (user) => void (user.deprovisioned = deprovisioned)),
    findUser: (userId) => users.find(userId),
    users: () => [...users.oldestFirst()],
    signIn: (userId, sessionOptions) => sessions.signIn(userId, sessionOptions),
    signOut: (sessionId, how = 'removed') => sessions.finish(sessionId, how),
    token: async (id, wrong = {}) => {
      const sessionId = id.startsWith('sess_') ? id : sessions.signIn(id).id;
      return app.get(TokenMinter).mintFaulty(sessionId, typeof wrong === 'string' ? TOKEN_PRESETS[wrong] : wrong);
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
      await untilSome(log, settled, 'end of what is pending', timeoutMs);
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
    reset: () => app.get(ResetService).reset(),
    close: () => app.close(),
  };
}

/** Asks again after every change of a delivery until there is an answer. */
async function untilSome<T>(log: DeliveryLog, ask: () => T | undefined, what: string, timeoutMs: number): Promise<T> {
  const over = new AbortController();
  let stop: () => void = () => undefined;
  const come = new Promise<T>((resolve) => {
    const look = (): void => {
      const found = ask();
      if (found !== undefined) resolve(found);
    };
    stop = log.onChange(look);
    look();
  });
  const late = sleep(timeoutMs, undefined, { signal: over.signal }).then(
    () => Promise.reject(new NothingCameError(what, timeoutMs)),
    // Nobody waits any more.
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([come, late]);
  } finally {
    stop();
    over.abort();
  }
}
