/** Fields of a request of Express. */
export interface Request {
  readonly method: string;
  readonly originalUrl: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  user: string;
}

/** Fields of a response of Express. */
export interface Response {
  readonly statusCode: number;
  setHeader(name: string, value: string): void;
  on(event: 'finish', listener: () => void): void;
}
