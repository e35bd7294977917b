/** Options of a peer, as JSON in its first argument. */
export interface PeerOrder {
  readonly kind: 'node' | 'nest-fastify' | 'nest-express-clerk' | 'pass-through' | 'fastify-proxy';
  readonly port: number;
  readonly jwtKey: string;
  /** Body of each answer. */
  readonly answer: unknown;
  /** Origin that a proxy passes requests on to. */
  readonly upstream: string;
  /** Logs one line for each request, like the gateway. */
  readonly logs: boolean;
}
