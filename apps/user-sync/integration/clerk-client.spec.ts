import { type IncomingHttpHeaders, type RequestListener, type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createClerkClient } from '@clerk/backend';
import { fixed } from '@gatehouse/config';
import { eventually } from '@gatehouse/testing';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { type ClerkBudget } from '../src/clerk/clerk-budget';
import { type ClerkHealth } from '../src/clerk/clerk-health';
import { ClerkJson } from '../src/clerk/clerk-json';
import { ClerkRequests } from '../src/clerk/clerk-requests';
import { fixture } from './clerk-api';

let server: Server;
let url: string;
let answer: RequestListener;
/** Requests that were neither answered nor aborted. */
let inFlight = 0;
const received: { path: string; headers: IncomingHttpHeaders }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    received.push({ path: request.url ?? '', headers: request.headers });
    inFlight += 1;
    response.on('close', () => (inFlight -= 1));
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  received.length = 0;
});

/** The client of user-sync, without a budget. */
function ours(): ClerkJson {
  const config = { clerk: { apiUrl: url, secretKey: fixed('sk_test_ours') } };
  const budget = { take: () => Promise.resolve(), pause: () => Promise.resolve() } as unknown as ClerkBudget;
  const health = {
    admit: () => Promise.resolve(),
    answered: () => undefined,
    isUnavailable: () => Promise.resolve(false),
  };
  return new ClerkJson(config, new ClerkRequests(budget, health as unknown as ClerkHealth, new Registry()));
}

const theirs = () => createClerkClient({ apiUrl: url, secretKey: 'sk_test_theirs', telemetry: { disabled: true } });

const anything = { path: '/users/user_1', schema: z.unknown(), missing: () => new Error('missing') };

function respond(body: unknown): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
}

describe('the client of the Backend API', () => {
  it('aborts a request that timed out', async () => {
    answer = () => undefined;
    // Again if the machine stands still until the time limit, so that nothing is sent.
    await eventually(async () => {
      received.length = 0;
      const request = ours().ask(anything, { priority: 'conflict', timeoutMs: 500 });
      await expect(request).rejects.toMatchObject({ kind: 'network', answer: {} });
      expect(received).toHaveLength(1);
    });
    await eventually(() => inFlight === 0);
  });

  it('pins the API version that @clerk/backend pins', async () => {
    answer = respond(fixture('bapi.user'));
    await ours().ask(anything, { priority: 'conflict' });
    await theirs().users.getUser('user_1');

    const [own, other] = received.map(({ headers }) => headers['clerk-api-version']);
    expect(own).toBe(other);
  });
});

describe('@clerk/backend, which ADR 0018 replaces until one of these changes,', () => {
  it('keeps a request open after its caller has given up, and takes no signal to end it', async () => {
    answer = () => undefined;
    theirs()
      .users.getUser('user_1')
      .catch(() => undefined);
    await eventually(() => received.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 300));

    expect(inFlight).toBe(1);
  });

  it('sends two requests for one page of users', async () => {
    answer = (request, response) =>
      respond(request.url?.includes('/count') ? { object: 'total_count', total_count: 0 } : [])(request, response);
    await theirs().users.getUserList({ limit: 1 });

    expect(received.map(({ path }) => path).sort()).toEqual(['/v1/users/count', '/v1/users?limit=1']);
  });

  it('reports a user whose address has no linked identifications as an error without a status', async () => {
    const user = fixture<{ email_addresses: Record<string, unknown>[] }>('bapi.user');
    answer = respond({ ...user, email_addresses: user.email_addresses.map((one) => ({ ...one, linked_to: null })) });

    await expect(theirs().users.getUser('user_1')).rejects.toMatchObject({
      status: undefined,
      errors: [{ code: 'unexpected_error' }],
    });
  });
});
