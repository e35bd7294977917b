import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { SignJWT, exportJWK } from 'jose';

const ISSUER = 'https://api.example.com';
const AUDIENCE = 'orders';
const KID = 'one';

/** Claims of an API key of a developer. */
const claims = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'u1',
  clerk_user_id: 'user_1',
  role: 'developer',
  tier: 'pro',
  auth_method: 'api_key',
  scopes: ['orders:read'],
  key_id: 'k1',
};

/** The signing key and the key set of a gate. */
export class TestGate {
  /** Status of the key set. */
  status = 200;
  private readonly key = generateKeyPairSync('ed25519');
  private readonly server: Server;

  private constructor() {
    this.server = createServer((_, response) => {
      void exportJWK(this.key.publicKey).then((jwk) => {
        response.writeHead(this.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ keys: [{ ...jwk, kid: KID, alg: 'EdDSA', use: 'sig' }] }));
      });
    });
  }

  static async start(): Promise<TestGate> {
    const gate = new TestGate();
    await new Promise<void>((resolve) => gate.server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  /** Options of a service behind this gate. */
  get options() {
    const { port } = this.server.address() as AddressInfo;
    return { issuer: ISSUER, audience: AUDIENCE, jwksUrl: `http://127.0.0.1:${port}/.well-known/jwks.json` };
  }

  /** Signs an assertion. @param seconds time until it expires */
  assert(changes: object = {}, { seconds = 60, by = this.key.privateKey }: { seconds?: number; by?: KeyObject } = {}) {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ ...claims, iat: now, exp: now + seconds, ...changes })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'gatehouse+jwt', kid: KID })
      .sign(by);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
