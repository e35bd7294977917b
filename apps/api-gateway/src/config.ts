import { type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { type KeySource, createEnvelopeSigner, legacySecrets, pinnedKey } from '@gatehouse/auth';
import {
  type Live,
  type NatsAddress,
  type NearMiss,
  type SecretFiles,
  commaSeparated,
  commonVariables,
  flag,
  headerNames,
  httpUrl,
  natsAddress,
  nearMisses,
  originList,
  parseLiveEnvironment,
  pem,
  port,
  trustProxy,
  usable,
  variableNamesOf,
} from '@gatehouse/config';
import { type EnvelopeSigner, services } from '@gatehouse/contracts';
import { z } from 'zod';
import { ConsoleHost } from './console-host/console-host';
import { ConsoleSeal } from './console-host/console-seal';
import { type AssertionKey, assertionKeys } from './gate/assertion/assertion-keys';
import { type ProxyFamily, proxyFamilies } from './gate/forward-auth/proxy-family';
import { type ProxySecrets, proxySecrets } from './gate/forward-auth/proxy-secrets';
import { PolicyFile } from './gate/policy/policy-file';
import { SYNC_PATH, isPath } from './sign-in/redirect-target';
import { withRules } from './variable-rules';

/**
 * Schema of `CLERK_AUTHORIZED_PARTIES` and `CORS_ORIGINS`: origins of pages and apps that call the gateway. Accepts
 * custom schemes, because browser extensions and desktop apps send origins such as `chrome-extension://<id>`.
 */
const callers = originList({ customSchemes: true });
const redirectTargets = originList({ customSchemes: false });
const EXAMPLE_URL = 'https://app.example.com/home';
const fallbackRedirectUrl = z
  .string()
  .refine(
    (url) => /^(\/(?!\/)|https?:\/\/[^/])/i.test(url) && !/[\\\s\p{Cc}]/u.test(url) && URL.canParse(url, EXAMPLE_URL),
    `is neither a path nor an http:// or https:// URL, such as ${EXAMPLE_URL}`,
  )
  .refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), 'must not hold a user name or password')
  .refine(
    (url) => !isPath(new URL(url, EXAMPLE_URL).pathname, SYNC_PATH),
    `must not lead to ${SYNC_PATH}, which redirects there`,
  );
const corsHeaders = headerNames({ 'x-api-key': 'web pages must not hold API keys' });

const forwardAuthProxies = trustProxy
  .refine(
    (proxies) => proxies !== true,
    'must not be true: everybody could ask, and choose the address it is counted by',
  )
  .transform((proxies) => (Array.isArray(proxies) ? proxies : []))
  .refine(
    (proxies) => !proxies.some((proxy) => /\/0+$/.test(proxy)),
    'must not list every address, as /0 does: everybody could ask, and choose the address it is counted by',
  );
const FORWARD_AUTH_PORT = 8_082;

const consoleUrl = httpUrl.transform((url, context) => {
  const fault = ConsoleHost.faultOf(url);
  if (fault === undefined) return new ConsoleHost(url);
  context.addIssue({ code: 'custom', message: fault });
  return z.NEVER;
});

const DAY_SECONDS = 24 * 60 * 60;
const wholeNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
const seconds = wholeNumber(60, 30 * DAY_SECONDS);

const rateLimitStore = z
  .string()
  .refine((value) => value === 'memory' || isRedisUrl(value), 'is neither memory nor a redis:// or rediss:// URL');

/** Path of the policy file. The file is read here, so that each of its faults is reported with the other variables. */
const policyFile = z.string().transform((path, context) => {
  const file = PolicyFile.read(path);
  if (file instanceof PolicyFile) return file;
  for (const problem of file.problems) context.addIssue({ code: 'custom', message: problem });
  return z.NEVER;
});

const variables = z.object({
  ...commonVariables,
  PORT: port.default(services['api-gateway'].port),
  OPS_PORT: port.default(services['api-gateway'].opsPort),
  CLERK_ISSUER: httpUrl,
  CLERK_JWT_KEY: pem
    .transform(usable(pinnedKey, 'is not an RSA public key of 2048 to 8192 bits, or can be factored (ROCA)'))
    .optional(),
  // `fetch` rejects a URL with credentials, and its error message would repeat them.
  CLERK_JWKS_URL: httpUrl.refine((url) => !/^[a-z]+:\/\/[^/]*@/.test(url), 'must not hold credentials').optional(),
  CLERK_AUTHORIZED_PARTIES: callers.default([]),
  CLERK_REQUIRE_AZP: flag.default(false),
  CLERK_ALLOW_IMPERSONATION: flag.default(false),
  ENVELOPE_PRIVATE_KEY: pem.transform(
    usable(
      (key: string) => ({ sign: createEnvelopeSigner(key), consoleSeal: ConsoleSeal.of(key) }),
      'is not an Ed25519 private key',
    ),
  ),
  ASSERTION_PRIVATE_KEYS: pem
    .transform(usable(assertionKeys, 'is not one Ed25519 private key in PEM, or two one after the other'))
    .optional(),
  CORS_ORIGINS: callers.default([]),
  CORS_ALLOWED_HEADERS: corsHeaders.default([]),
  PUBLIC_URL: httpUrl.default('http://localhost:8080'),
  CONSOLE_URL: consoleUrl.optional(),
  SIGN_IN_URL: httpUrl.optional(),
  GATE_FILE: policyFile.optional(),
  FORWARD_AUTH: z.enum(proxyFamilies).optional(),
  FORWARD_AUTH_PORT: port.default(FORWARD_AUTH_PORT),
  FORWARD_AUTH_PROXIES: forwardAuthProxies.default([]),
  FORWARD_AUTH_SECRET: commaSeparated
    .transform(
      usable(proxySecrets, 'is not one secret of 32 to 256 printable characters without spaces and commas, or two'),
    )
    .default([]),
  FALLBACK_REDIRECT_URL: fallbackRedirectUrl.default('/'),
  REDIRECT_ORIGINS: redirectTargets.default([]),
  LEGACY_JWT_SECRETS: commaSeparated
    .transform(usable(legacySecrets, 'is not one secret of 32 bytes or more, or two'))
    .default([]),
  LEGACY_JWT_TTL: seconds.default(DAY_SECONDS),
  RATE_LIMIT_STORE: rateLimitStore.default('memory'),
  TRUST_PROXY: trustProxy.default(false),
  REQUIRE_HTTPS: flag.default(false),
  GATE_MAX_STREAMS: wholeNumber(0, 100_000).default(10_000),
  GATE_STREAMS_PER_USER: wholeNumber(1, 10_000).default(100),
  REALTIME_MAX_STREAMS: wholeNumber(0, 100_000).default(10_000),
  REALTIME_STREAMS_PER_USER: wholeNumber(1, 100).default(5),
  REALTIME_BUFFER_MB: wholeNumber(1, 1_024).default(32),
  REALTIME_BUFFER_SECONDS: wholeNumber(30, 3_600).default(300),
});

/** Names of all variables that the gateway reads. */
export const variableNames: readonly string[] = variableNamesOf(variables);

/** The built console lies beside the compiled gateway. */
const CONSOLE_FILES = join(__dirname, '../../console/site');

/** Longest waits, in milliseconds. Not read from the environment; tests on busy machines wait longer. */
const waits = {
  /** For the reply of a service. */
  reply: 5_000,
  /** For the reply to a repeatable request, before it is sent again. */
  unreported: 1_000,
  /** For the quotas that are shown with a profile. */
  quotas: 200,
  /** For a count in the shared rate limit store. */
  rateLimitStore: 250,
};

/** Configuration of the gateway. */
export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly opsPort: number;
  readonly logLevel: string;
  readonly nats: Live<NatsAddress>;
  readonly clerk: {
    readonly issuer: string;
    /**
     * Pinned public key: the only one that verifies Clerk's session tokens. If undefined, keys are fetched from
     * `jwksUrl`.
     */
    readonly jwtKey?: Live<KeySource>;
    readonly jwksUrl: string;
    /** Patterns of an `OriginList`. */
    readonly authorizedParties: readonly string[];
    /** Whether tokens without `azp` are rejected. */
    readonly requireAuthorizedParty: boolean;
    readonly allowImpersonation: boolean;
  };
  /** Signs the envelopes of requests to the services. */
  readonly signEnvelope: Live<EnvelopeSigner>;
  /** Keys of the assertions about callers, for services behind the gate. The first signs. Empty without a key. */
  readonly assertionKeys: Live<readonly AssertionKey[]>;
  /** Origins whose pages may call the gateway; patterns of an `OriginList`. */
  readonly corsOrigins: readonly string[];
  /** Additional request headers that pages of `corsOrigins` may send; in lower case. */
  readonly corsAllowedHeaders: readonly string[];
  /** Base URL of the gateway for clients, and the issuer of its tokens. */
  readonly publicUrl: string;
  /** Policy of the gate: what is open, to whom. Nothing is open without `GATE_FILE`. */
  readonly gate: PolicyFile;
  /** Reverse proxies that may ask, and where; undefined without `FORWARD_AUTH`. */
  readonly forwardAuth?: {
    readonly family: ProxyFamily;
    readonly port: number;
    readonly proxies: readonly string[];
    /** A proxy must send one of them. Empty if none is needed. */
    readonly secrets: Live<ProxySecrets>;
  };
  /** Limits of event streams and WebSockets of upstreams, for this gateway. */
  readonly gateStreams: { readonly maxStreams: number; readonly maxStreamsPerUser: number };
  /** Where the console is served; undefined without `CONSOLE_URL`. */
  readonly console?: ConsoleHost;
  /** Seals codes and sessions of the console. */
  readonly consoleSeal: Live<ConsoleSeal>;
  /** Folder of the built console. Not read from the environment. */
  readonly consoleFiles: string;
  /** Sign-in page for browsers. */
  readonly signInUrl?: string;
  /**
   * Absolute URL to which `GET /api/clerk/syncUsers` redirects a browser whose target is missing or not allowed. The
   * browser names its target in `redirect_url`, or else in the Referer.
   */
  readonly fallbackRedirectUrl: string;
  /** Allowed origins of redirect targets in addition to `publicUrl`; patterns of an `OriginList`. */
  readonly redirectOrigins: readonly string[];
  /** Gatehouse tokens; disabled without a secret. */
  readonly legacy: { readonly secrets: Live<readonly KeyObject[]>; readonly ttlMs: number };
  /** Where requests are counted: `memory`, or the URL of a Redis or Valkey that several gateways share. */
  readonly rateLimitStore: Live<string>;
  /** Whether plain HTTP is rejected. */
  readonly requireHttps: boolean;
  /**
   * Whose `X-Forwarded-For` is trusted: every client's (`true`), nobody's (`false`), or that of the listed addresses.
   */
  readonly trustProxy: boolean | string[];
  /** Limits of live updates. */
  readonly realtime: {
    /** Maximum number of open streams of this gateway. */
    readonly maxStreams: number;
    readonly maxStreamsPerUser: number;
    /** Memory for the changes that are kept for clients that reconnect. */
    readonly bufferBytes: number;
    /** For how long these changes are kept. */
    readonly bufferMs: number;
  };
  readonly waits: Readonly<typeof waits>;
  readonly secretFiles: SecretFiles;
}

/** Returns probably misspelled variables: set but not read, with a name that resembles a variable that is read. */
export function findNearMisses(): readonly NearMiss[] {
  return nearMisses(process.env, variableNames);
}

/**
 * Parses the configuration from the environment.
 * @throws ConfigError that names every invalid variable
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): GatewayConfig {
  const { values: v, live, approve, secretFiles } = parseLiveEnvironment(withRules(variables), environment);
  const { CLERK_JWT_KEY } = v;
  const isShared = v.RATE_LIMIT_STORE !== 'memory';
  approve('RATE_LIMIT_STORE', async (changed) =>
    (changed !== 'memory') === isShared ? undefined : 'names a file that turns the shared store on or off; restart',
  );
  v.GATE_FILE?.demand(({ acceptsCookies }) =>
    acceptsCookies && v.CLERK_AUTHORIZED_PARTIES.length === 0
      ? 'a route accepts the session cookie, which needs CLERK_AUTHORIZED_PARTIES'
      : undefined,
  );
  return {
    host: v.HOST,
    port: v.PORT,
    opsPort: v.OPS_PORT,
    logLevel: v.LOG_LEVEL,
    nats: live(natsAddress, 'NATS_PASSWORD'),
    clerk: {
      issuer: v.CLERK_ISSUER,
      ...(CLERK_JWT_KEY !== undefined && {
        jwtKey: live((env) => env.CLERK_JWT_KEY ?? CLERK_JWT_KEY, 'CLERK_JWT_KEY'),
      }),
      jwksUrl: v.CLERK_JWKS_URL ?? `${v.CLERK_ISSUER}/.well-known/jwks.json`,
      authorizedParties: v.CLERK_AUTHORIZED_PARTIES,
      requireAuthorizedParty: v.CLERK_REQUIRE_AZP,
      allowImpersonation: v.CLERK_ALLOW_IMPERSONATION,
    },
    signEnvelope: live((env) => env.ENVELOPE_PRIVATE_KEY.sign, 'ENVELOPE_PRIVATE_KEY'),
    ...(v.CONSOLE_URL !== undefined && { console: v.CONSOLE_URL }),
    consoleSeal: live((env) => env.ENVELOPE_PRIVATE_KEY.consoleSeal, 'ENVELOPE_PRIVATE_KEY'),
    consoleFiles: CONSOLE_FILES,
    assertionKeys: live((env) => env.ASSERTION_PRIVATE_KEYS ?? [], 'ASSERTION_PRIVATE_KEYS'),
    corsOrigins: v.CORS_ORIGINS,
    corsAllowedHeaders: v.CORS_ALLOWED_HEADERS,
    publicUrl: v.PUBLIC_URL,
    gate: v.GATE_FILE ?? PolicyFile.none,
    gateStreams: { maxStreams: v.GATE_MAX_STREAMS, maxStreamsPerUser: v.GATE_STREAMS_PER_USER },
    ...(v.FORWARD_AUTH !== undefined && {
      forwardAuth: {
        ...{ family: v.FORWARD_AUTH, port: v.FORWARD_AUTH_PORT, proxies: v.FORWARD_AUTH_PROXIES },
        secrets: live((env) => env.FORWARD_AUTH_SECRET, 'FORWARD_AUTH_SECRET'),
      },
    }),
    ...(v.SIGN_IN_URL !== undefined && { signInUrl: v.SIGN_IN_URL }),
    fallbackRedirectUrl: new URL(v.FALLBACK_REDIRECT_URL, v.PUBLIC_URL).href,
    redirectOrigins: v.REDIRECT_ORIGINS,
    legacy: {
      secrets: live((env) => env.LEGACY_JWT_SECRETS, 'LEGACY_JWT_SECRETS'),
      ttlMs: v.LEGACY_JWT_TTL * 1_000,
    },
    rateLimitStore: live((env) => env.RATE_LIMIT_STORE, 'RATE_LIMIT_STORE'),
    requireHttps: v.REQUIRE_HTTPS,
    trustProxy: v.TRUST_PROXY,
    realtime: {
      maxStreams: v.REALTIME_MAX_STREAMS,
      maxStreamsPerUser: v.REALTIME_STREAMS_PER_USER,
      bufferBytes: v.REALTIME_BUFFER_MB * 1024 ** 2,
      bufferMs: v.REALTIME_BUFFER_SECONDS * 1_000,
    },
    waits,
    secretFiles,
  };
}

function isRedisUrl(value: string): boolean {
  return URL.canParse(value) && /^rediss?:$/.test(new URL(value).protocol) && new URL(value).hostname !== '';
}
