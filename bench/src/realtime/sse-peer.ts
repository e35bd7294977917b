import { type ServerResponse, createServer } from 'node:http';
import { connect } from '@nats-io/transport-node';

/** Options of the peer, as JSON in its first argument. */
export interface SsePeerOrder {
  readonly port: number;
  readonly opsPort: number;
  readonly nats: {
    readonly servers: string;
    readonly user: string;
    readonly pass: string;
    readonly inboxPrefix: string;
  };
}

/*
 * The server of server-sent events that one writes by hand: it sends each message of the feed to the streams of its
 * user, and keeps nothing. It has no authentication, no resumption, no reset, no revocation, and no bound for slow readers.
 */
const { port, opsPort, nats } = JSON.parse(process.argv[2] ?? '{}') as SsePeerOrder;
const byUser = new Map<string, Set<ServerResponse>>();

const server = createServer((request, response) => {
  const user = new URL(request.url ?? '/', 'http://peer').searchParams.get('user') ?? '';
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const own = byUser.get(user) ?? new Set();
  byUser.set(user, own.add(response));
  response.once('close', () => own.delete(response));
  response.write('event: reset\ndata: {}\n\n');
});

createServer((_, response) => {
  response.end(`nodejs_heap_size_used_bytes ${process.memoryUsage().heapUsed}\n`);
}).listen(opsPort, '127.0.0.1');

setInterval(() => {
  for (const own of byUser.values()) for (const response of own) response.write('event: heartbeat\ndata: {}\n\n');
}, 15_000);

void connect({ ...nats, maxReconnectAttempts: -1 }).then((connection) => {
  connection.subscribe('feed.data.>', {
    callback: (_, message) => {
      const [, , user = '', kind = ''] = message.subject.split('.');
      const own = byUser.get(user);
      if (own === undefined) return;
      const text = `event: ${kind}\ndata: ${message.string()}\nid: ${message.headers?.get('Nats-Sequence')}\n\n`;
      for (const response of own) response.write(text);
    },
  });
  server.listen(port, '127.0.0.1');
});
