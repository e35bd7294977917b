import { createPublicKey, randomUUID } from 'node:crypto';
import { CompactEncrypt, SignJWT } from 'jose';
import {
  attackGateway,
  bearer,
  json,
  withKey,
  claiming,
  headed,
  claimText,
  strike,
  expectRefused,
  runAttacks,
  target,
} from './attacks/attack';
import { cookies, forgedRequests, honestRequests } from './attacks/cookies';
import { credentialAttacks } from './attacks/credential-attacks';
import { firstSessions } from './attacks/first-sessions';
import { asAda, exchange, identities } from './attacks/identities';
import { logins } from './attacks/logins';
import { messages } from './attacks/messages';
import { CLERK_USER } from './support/attacked-gateway';
import { mint } from './support/clerk-tokens';

const tables = [...credentialAttacks, firstSessions, identities, logins, messages];
attackGateway();

describe('the table of attacks', () => {
  it('has at least 120 cases with unique names', () => {
    const all = tables.flatMap(({ title, cases }) => cases.map(([name]) => `${title}: ${name}`));
    expect(all.length).toBeGreaterThanOrEqual(120);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('the credentials that attacks modify are valid', () => {
  it('the gateway accepts the Clerk token, the API key and the Gatehouse token', async () => {
    const good = [bearer(await mint(target().pair, CLERK_USER)), withKey(target().key()), bearer(target().legacy())];
    good.push(bearer(target().key()), claiming({})(), headed({})(), claimText((text) => text)());
    for (const attack of good) expect((await strike(attack)).status).toBe(200);
  });

  it.each(['', 'Basic dXNlcjpwYXNz', 'Digest username="a", realm="b"', 'Negotiate abc', 'Bearer', 'Bearer a.b.c'])(
    'the gateway accepts the API key beside the Authorization header "%s" of a proxy',
    async (authorization) => {
      const { status } = await strike(withKey(target().key(), { headers: [['Authorization', authorization]] }));
      expect(status).toBe(200);
    },
  );
});

describe('an API key without scopes may ask about itself:', () => {
  it.each([
    ['who it is', '/auth/session', 'user'],
    ['what was checked of it, when its holder is an admin', '/auth/explain', 'admin'],
  ] as const)('%s', async (_, path, role) => {
    for (const scopes of [[], ['profile:read'], ['profil:reed']]) {
      const { status, body } = await strike(withKey(target().key({ role, scopes }), { path }));
      expect([status, body.principal.scopes]).toEqual([200, scopes]);
    }
  });
});

describe('the scopes of API keys', () => {
  it('are listed for every caller, with a description', async () => {
    const { status, body } = await strike(withKey(target().key({ scopes: [] }), { path: '/api/scopes' }));
    expect(status).toBe(200);
    expect(body.items).toContainEqual({
      ...{ scope: 'profile:read', description: "Read the holder's own profile." },
      source: 'gatehouse',
    });
    await expectRefused(401, 'credential_missing', { request: { path: '/api/scopes' } });
  });

  it('are named by the error for an unknown scope, which is not repeated', async () => {
    const draft = { name: 'ci', scopes: ['profile:read', 'profil:reed'] };
    const { body, text } = await expectRefused(
      400,
      'invalid_request',
      await asAda(json(draft, { method: 'POST', path: '/api/keys' })),
    );
    expect(body.errors).toEqual([
      { field: 'scopes.1', in: 'body', message: 'is not a scope: GET /api/scopes lists them; either side may be *' },
    ]);
    expect(text).not.toContain('profil:reed');
  });
});

describe('DELETE /api/keys/:id', () => {
  const id = randomUUID();
  const revoke = async (query: string) => asAda({ method: 'DELETE', path: `/api/keys/${id}${query}` });

  it('revokes the predecessors of a key only with predecessors=true', async () => {
    target().revocations.length = 0;
    for (const query of ['', '?predecessors=true', '?predecessors=false']) {
      await expectRefused(404, 'not_found', await revoke(query));
    }
    expect(target().revocations).toEqual([false, true, false].map((predecessors) => ({ id, predecessors })));
  });

  it.each(['?predecessors=maybe', '?predecessors=true&predecessors=true', '?all=true'])(
    'is rejected with %s',
    async (query) => void (await expectRefused(400, 'invalid_request', await revoke(query))),
  );
});

runAttacks(tables);

describe("Clerk's session cookie", () => {
  const tablesOfCookies = [forgedRequests, cookies].flatMap(({ cases }) => cases);
  const requests = [...honestRequests, ...tablesOfCookies.map(([name, , , request]) => [name, request] as const)];

  it("never counts at the gateway's own routes", async () => {
    for (const [name, make] of requests) {
      const { request, ...secret } = await make();
      const { status } = await strike({ request: { ...request, method: 'GET', path: '/api/me' }, ...secret });
      expect([name, status, target().reached]).toEqual([name, 401, []]);
    }
  });
});

describe('a token in another format is rejected:', () => {
  it('an encrypted token', async () => {
    const key = createPublicKey(target().pair.publicPem);
    const token = await new CompactEncrypt(Buffer.from(JSON.stringify(target().claims())))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
      .encrypt(key);
    await expectRefused(401, 'token_malformed', bearer(token));
  });

  it('a JSON serialization', async () => {
    const [header, claims, signature] = (await mint(target().pair, CLERK_USER)).split('.');
    const general = JSON.stringify({ payload: claims, signatures: [{ protected: header, signature }] });
    await expectRefused(400, 'credential_repeated', bearer(general));
  });

  it("a token signed with Clerk's key for another algorithm", async () => {
    const token = await new SignJWT(target().claims())
      .setProtectedHeader({ ...target().header(), alg: 'PS256' })
      .sign(target().pair.privateKey);
    await expectRefused(401, 'token_alg_unsupported', bearer(token));
  });
});

describe('claims of a client are not trusted:', () => {
  it('a token is rejected when it is exchanged a second time', async () => {
    const attack = await exchange({ name: 'Ada' })();
    const first = await strike(attack);
    expect([first.status, first.body.isNewUser]).toEqual([200, true]);
    await expectRefused(401, 'token_used', attack);
  });

  it('services get the principal of the credential, regardless of headers', async () => {
    const attack = await asAda({
      headers: [
        ['X-User-Id', randomUUID()],
        ['X-Principal', '{"role":"admin"}'],
      ],
    });
    const { body } = await strike(attack);
    expect(target().reached).toEqual([{ subject: 'me', userId: body.id }]);
  });
});
