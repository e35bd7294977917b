import { eventually } from '@gatehouse/testing';
import { type Answer, type Headers } from '../isolation/people';

/** One server-sent event, with `data` parsed. */
export interface LiveEvent {
  readonly event: string;
  readonly data: unknown;
}

/** The whole events of a body of server-sent events. @throws SyntaxError for data that is not JSON */
export function eventsOf(text: string): LiveEvent[] {
  const blocks = text.split('\n\n').slice(0, -1);
  return blocks.map((block) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    return { event: field('event') ?? '', data: JSON.parse(field('data') ?? 'null') as unknown };
  });
}

/** A stream of `GET /api/realtime` that is read until it is closed. */
export class LiveStream {
  private text = '';

  private constructor(
    private readonly response: Response,
    private readonly abort: AbortController,
  ) {
    void this.read();
  }

  /** Opens a stream. @param headers with the credential */
  static async open(gatewayUrl: string, headers: Headers): Promise<LiveStream> {
    const abort = new AbortController();
    const response = await fetch(`${gatewayUrl}/api/realtime`, { headers, signal: abort.signal });
    return new LiveStream(response, abort);
  }

  /** What has arrived. */
  get answer(): Answer {
    const { status, headers } = this.response;
    return { status, headers: Object.fromEntries(headers), text: this.text };
  }

  /** Waits until the events fulfil a condition. */
  async until(condition: (events: readonly LiveEvent[]) => boolean): Promise<void> {
    await eventually(() => condition(eventsOf(this.text)));
  }

  close(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const part of this.response.body as unknown as AsyncIterable<Uint8Array>) {
        this.text += decoder.decode(part, { stream: true });
      }
    } catch {
      // Closed.
    }
  }
}
