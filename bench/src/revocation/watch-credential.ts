import { HttpConnection } from '../http-connection';
import { type Edge, requestTo } from './edges';

/** Last accepted use of a credential, on the clock of `performance.now`. */
export interface LastUse {
  /** Time when the last accepted request was sent. */
  readonly sentAt: number;
  /** Time of its response. */
  readonly answeredAt: number;
  /** Status of the rejection, 0 for a closed connection; undefined when it was never rejected. */
  readonly refusal: number | undefined;
}

/** With three edges for each gateway, a gateway gets a request about each millisecond. */
const PAUSE_MS = 3;

/** Uses one credential at one edge of a gateway repeatedly until it is rejected. */
export class CredentialWatch {
  private constructor(
    /** Resolves after the first accepted request. */
    readonly begun: Promise<void>,
    readonly ended: Promise<LastUse>,
  ) {}

  /** @param header ends with CRLF */
  static start(edge: Edge, header: string, timeoutMs: number): CredentialWatch {
    const request = requestTo(edge, header);
    let first: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (first = resolve));
    const run = async (): Promise<LastUse> => {
      const connection = await HttpConnection.open(edge.port);
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
