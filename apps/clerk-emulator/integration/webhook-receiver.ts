import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A webhook that was received. */
export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
  /** ms since 1970 */
  readonly at: number;
}

/** Response of the endpoint; `undefined`: no response. */
export type Answer = { readonly status: number; readonly headers?: Record<string, string> } | undefined;

type Answerer = (webhook: ReceivedWebhook, index: number) => Answer | Promise<Answer>;

/** A webhook endpoint that records requests and answers as configured. */
export interface WebhookReceiver {
  readonly url: string;
  readonly webhooks: ReceivedWebhook[];
  answerWith(answer: Answerer): void;
  /** Resolves with all webhooks when there are at least `count`. */
  received(count: number): Promise<ReceivedWebhook[]>;
  clear(): void;
  close(): Promise<void>;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const webhooks: ReceivedWebhook[] = [];
  let waiters: { count: number; resolve: () => void }[] = [];
  let answer: Answerer = () => ({ status: 200 });

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const webhook = { headers: request.headers, body, path: request.url ?? '', at: Date.now() };
      webhooks.push(webhook);
      void Promise.resolve(answer(webhook, webhooks.length - 1)).then((given) => {
        if (given) response.writeHead(given.status, given.headers).end();
      });
      waiters = waiters.filter(({ count, resolve }) => {
        if (webhooks.length < count) return true;
        resolve();
        return false;
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/clerk`,
    webhooks,
    answerWith: (next) => void (answer = next),
    received: async (count) => {
      if (webhooks.length < count) await new Promise<void>((resolve) => waiters.push({ count, resolve }));
      return [...webhooks];
    },
    clear: () => void (webhooks.length = 0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
