import { type KeyObject, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

/** RSA key pair of a fictitious Clerk instance. */
export interface SigningPair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicPem: string;
}

export function signingPair(kid: string): SigningPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid, privateKey, publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** Serves Clerk's key set; can be made to fail. */
export class KeyServer {
  fetches = 0;
  down = false;
  private constructor(
    private readonly server: Server,
    readonly url: string,
    /** Key pairs whose public keys are served. */
    public pairs: readonly SigningPair[],
  ) {}

  static async start(pairs: readonly SigningPair[]): Promise<KeyServer> {
    const server = createServer((_request, response) => {
      keyServer.fetches++;
      if (keyServer.down) return void response.writeHead(503).end();
      response.end(JSON.stringify({ keys: keyServer.pairs.map(toJwk) }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const keyServer = new KeyServer(server, `http://127.0.0.1:${port}/.well-known/jwks.json`, pairs);
    return keyServer;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function toJwk({ kid, publicPem }: SigningPair): Record<string, unknown> {
  return { ...createPublicKey(publicPem).export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}
