import { HttpConnection } from './http-connection';

/** When a credential was let in for the last time, on the clock of `performance.now`. */
export interface LastUse {
  /** When the last request that was let in was sent. */
  readonly sentAt: number;
  /** When its 200 came. */
  readonly answeredAt: number;
  /** With which status it was refused in the end, 0 for a connection that was closed; undefined when it never was. */
  readonly refusal: number | undefined;
}

const PAUSE_MS = 1;

/** Uses one credential at one gateway again and again until it is let in no more. */
export class CredentialWatch {
  private constructor(
    /** When it has been let in once. */
    readonly begun: Promise<void>,
    readonly ended: Promise<LastUse>,
  ) {}

  /** `header` ends with CRLF; gives up after `timeoutMs`. */
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
