import { type ServiceNames } from './service-names';

/** By path: the example use case of a new service, which greets somebody by name. */
export function greetingFiles(names: ServiceNames): Record<string, string> {
  const app = `apps/${names.kebab}`;
  return {
    [`libs/contracts/src/${names.kebab}.ts`]: contract(names),
    [`${app}/src/errors.ts`]: errors(),
    [`${app}/src/show-greeting/show-greeting.controller.ts`]: controller(names),
    [`${app}/integration/show-greeting.spec.ts`]: spec(names),
  };
}

function contract({ kebab, pascal }: ServiceNames): string {
  return `import { z } from 'zod';
import { defineRequest } from './request';

/** Greets somebody by name: the example request of ${kebab}. */
export const show${pascal}Greeting = defineRequest({
  subject: '${kebab}.greeting.show',
  request: z.strictObject({ name: z.string().min(1).max(100) }),
  reply: z.object({ text: z.string() }),
});
`;
}

function errors(): string {
  return `import { RequestRefusedError } from '@gatehouse/messaging';

/** Nobody has this name. */
export class NameUnknownError extends RequestRefusedError {
  constructor() {
    super('not_found', 'Nobody has this name.');
  }
}
`;
}

function controller({ pascal }: ServiceNames): string {
  return `import { show${pascal}Greeting, type ReplyOf } from '@gatehouse/contracts';
import { RequestHandler, requirePrincipal, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { NameUnknownError } from '../errors';

/** Greets somebody by name. */
@Controller()
export class ShowGreetingController {
  @RequestHandler(show${pascal}Greeting)
  show(
    @Payload() { body, envelope }: VerifiedRequest<typeof show${pascal}Greeting>,
  ): ReplyOf<typeof show${pascal}Greeting> {
    requirePrincipal(envelope);
    if (body.name.trim() === '') throw new NameUnknownError();
    return { text: \`Hello, \${body.name}.\` };
  }
}
`;
}

function spec({ kebab, pascal }: ServiceNames): string {
  return `import { generateKeyPairSync } from 'node:crypto';
import { createEnvelopeSigner } from '@gatehouse/auth';
import { inboxPrefix, show${pascal}Greeting, type Principal } from '@gatehouse/contracts';
import { NatsClient, RequestClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { startOwnNats, type OwnNats } from '@gatehouse/testing';
import { type INestApplication } from '@nestjs/common';
import { loadConfig } from '../src/config';
import { createApp } from '../src/create-app';

const logger = createLogger({ service: 'test', level: 'silent' });
const principal: Principal = {
  userId: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11',
  clerkUserId: 'user_1',
  method: 'clerk_session',
  role: 'user',
  tier: 'free',
  scopes: [],
  sessionId: 'sess_1',
};

let nats: OwnNats;
let app: INestApplication;
let gateway: NatsClient;
let requests: RequestClient;

beforeAll(async () => {
  const keys = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  nats = await startOwnNats();
  const config = loadConfig({
    NATS_URL: nats.url,
    NATS_USER: '${kebab}',
    NATS_PASSWORD: nats.as('${kebab}').pass,
    OPS_PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    ENVELOPE_PUBLIC_KEYS: keys.publicKey,
  });
  app = await createApp(config, logger);
  gateway = new NatsClient(
    {
      servers: [nats.url],
      user: 'api-gateway',
      password: nats.as('api-gateway').pass,
      name: 'api-gateway',
      inboxPrefix: inboxPrefix('api-gateway'),
    },
    logger,
  );
  await gateway.start();
  requests = new RequestClient(gateway, createEnvelopeSigner(keys.privateKey));
});

afterAll(async () => {
  await gateway?.close();
  await app?.close();
  await nats?.dispose();
});

const greet = (name: string, caller: Principal | null = principal) =>
  requests.send(show${pascal}Greeting, { name }, { principal: caller, requestId: 'request-1' });

describe('the greeting', () => {
  it('names the person who is greeted', async () => {
    expect(await greet('Asha')).toEqual({ text: 'Hello, Asha.' });
  });

  it('is not found for a blank name', async () => {
    await expect(greet(' ')).rejects.toMatchObject({ reason: 'not_found' });
  });

  it('is rejected for a caller who is not authenticated', async () => {
    await expect(greet('Asha', null)).rejects.toMatchObject({ reason: 'unauthenticated' });
  });
});
`;
}
