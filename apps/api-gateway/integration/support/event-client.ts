import { eventually } from '@gatehouse/testing';

/** An event of a stream. */
export interface StreamedEvent {
  readonly event: string;
  readonly id: string;
  readonly data: {
    readonly id?: string;
    readonly version?: number;
    readonly reason?: string;
    readonly changed?: readonly string[];
    readonly data?: Readonly<Record<string, unknown>> | null;
  };
}

/** Reads one stream of `GET /api/realtime`. */
export class EventClient {
  readonly events: StreamedEvent[] = [];
  isEnded = false;
  private text = '';

  private constructor(
    readonly response: Response,
    private readonly abort: AbortController,
  ) {
    void this.read();
  }

  /** Opens a stream. `headers` have the credential. */
  static async open(url: string, headers: Record<string, string>, lastEventId?: string): Promise<EventClient> {
    const abort = new AbortController();
    const response = await fetch(`${url}/api/realtime`, {
      headers: { ...headers, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
      signal: abort.signal,
    });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    return new EventClient(response, abort);
  }

  get lastId(): string {
    return this.events.at(-1)?.id ?? '';
  }

  /** Names of the events. */
  get names(): string[] {
    return this.events.map(({ event }) => event);
  }

  /** `<event> <version>` of the changes. */
  get changes(): string[] {
    return this.events
      .filter(({ data }) => data.version !== undefined)
      .map((one) => `${one.event} ${one.data.version}`);
  }

  /** Waits for an event. */
  async until(event: string): Promise<StreamedEvent> {
    await eventually(() => this.names.includes(event));
    return this.events.find((one) => one.event === event) as StreamedEvent;
  }

  close(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.response.body as unknown as AsyncIterable<Uint8Array>) {
        this.text += decoder.decode(chunk, { stream: true });
        const blocks = this.text.split('\n\n');
        this.text = blocks.pop() ?? '';
        for (const block of blocks) this.take(block);
      }
    } catch {
      // The connection was broken.
    }
    this.isEnded = true;
  }

  private take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
    );
    const [event, data] = [fields.get('event'), fields.get('data')];
    if (event === undefined || data === undefined) return;
    this.events.push({ event, id: fields.get('id') ?? this.lastId, data: JSON.parse(data) as StreamedEvent['data'] });
  }
}
