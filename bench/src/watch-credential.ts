import { HttpConnection } from './http-connection';

/** Last accepted use of a credential, on the clock of `performance.now`. */
export interface LastUse {
  /** Time when the last accepted request was sent. */
  readonly sentAt: number;
  /** Time of its response. */
  readonly answeredAt: number;
  /** Status of the rejection, 0 for a closed connection; undefined when it was never rejected. */
  readonly refusal: number | undefined;
}

const PAUSE_MS = 1;

/** Uses one credential at one gateway repeatedly until it is rejected. */
export class CredentialWatch {
  private constructor(
    /** Resolves after the first accepted request. */
    readonly begun: Promise<void>,
    readonly ended: Promise<LastUse>,
  ) {}

  /** @param header ends with CRLF */
  static start(port: number, path: string, header: string, timeoutMs: number): CredentialWatch {
    const request = `GET ${path} HTTP/1.1\r\nHost: bench\r\n${header}\r\n`;
    let first: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (first = resolve));
    const run = async (): Promise<LastUse> => {
      const connection = await HttpConnection.open(port);
      const until = performance.now() + timeoutMs;
      let last = { sentAt: NaN, answeredAt: NaN };
      let refusal: number | undefined;
      while (refusal === undefined && performance.now() < until) {
        const sentAt = performance.now();
        const status = await connection.send(request);
        if (status === 200) last = { sentAt, answeredAt: performance.now() };
        else refusal = status;
        first();
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      connection.close();
      return { ...last, refusal };
    };
    return new CredentialWatch(begun, run());
  }
}
