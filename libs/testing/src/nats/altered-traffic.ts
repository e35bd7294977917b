import { eventually } from '@gatehouse/local-stack';
import { type TcpProxy } from '../tcp-proxy';

/** The beginning of a message that a NATS client sends: its line, which ends with the number of bytes that follow. */
const MESSAGE = /H?PUB [^\r]+ (\d+)\r\n/g;
const NOTHING = Buffer.alloc(0);
const CREATED = /"created":"[^"]+"/g;
/** What nats-server 2.9 sends as the creation time of a stream while it creates it. */
const NOT_YET = '"created":"0001-01-01T00:00:00Z"';

/**
 * Drops one message that clients send through a proxy to NATS: the next one that contains `text`, in its subject or its
 * body. nats-server does the same: a message for another account is dropped while nobody there subscribes. Resolves when
 * the message was dropped. Call it while the proxy has one client.
 */
export function dropMessage(proxy: TcpProxy, text: string): Promise<void> {
  let held = NOTHING;
  return new Promise((resolve) => {
    proxy.alter.toServer = (sent) => {
      const all = Buffer.concat([held, sent]);
      held = NOTHING;
      for (const found of all.toString('latin1').matchAll(MESSAGE)) {
        const end = found.index + found[0].length + Number(found[1]) + '\r\n'.length;
        if (!all.toString('latin1', found.index, end).includes(text)) continue;
        if (end > all.length) {
          // The rest of the message is on its way.
          held = all;
          return NOTHING;
        }
        delete proxy.alter.toServer;
        resolve();
        return Buffer.concat([all.subarray(0, found.index), all.subarray(end)]);
      }
      return all;
    };
  });
}

/** Shows clients of a proxy to NATS each stream as one that nats-server 2.9 is still creating, until `end`. */
export class UnfinishedStreams {
  private times = 0;

  constructor(private readonly proxy: TcpProxy) {
    proxy.alter.toClient = (sent) => {
      const text = sent.toString('latin1');
      const altered = text.replace(CREATED, (found) => NOT_YET.padEnd(found.length));
      if (altered !== text) this.times += 1;
      return Buffer.from(altered, 'latin1');
    };
  }

  /** Resolves when clients have seen a stream this many times. */
  seen(times: number): Promise<unknown> {
    return eventually(() => this.times >= times);
  }

  end(): void {
    delete this.proxy.alter.toClient;
  }
}
