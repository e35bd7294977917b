import {
  type Outcome,
  clerkOutcomesStream,
  decodeEventHeaders,
  eventsConsumer,
  jetStreamApiPrefix,
  outcomeSubject,
} from '@gatehouse/contracts';
import { type JetStream, type NatsClient } from '@gatehouse/messaging';
import { type Msg } from '@nats-io/transport-node';

/** Consumes events and reports outcomes with the NATS user of user-sync, when a test says so. */
export class PlayedUserSync {
  constructor(private readonly client: { readonly nats: NatsClient; readonly jetStream: JetStream }) {}

  /** Pulls one event; does not acknowledge it. */
  pullOne(): Promise<Msg> {
    const { stream, durable } = eventsConsumer;
    const subject = `${jetStreamApiPrefix}.CONSUMER.MSG.NEXT.${stream.name}.${durable}`;
    return this.client.nats
      .get()
      .request(subject, '{"batch":1,"expires":20000000000}', { timeout: 20_000, noMux: true });
  }

  /** Acknowledges this many events and reports no outcomes; returns their webhook ids. */
  async swallow(count: number): Promise<string[]> {
    const ids: string[] = [];
    while (ids.length < count) {
      const message = await this.pullOne();
      ids.push(decodeEventHeaders((name) => message.headers?.get(name) || undefined).webhookId);
      message.respond('+ACK');
    }
    await this.client.nats.get().flush();
    return ids;
  }

  /** Reports the success of an event. */
  report(webhookId: string): Promise<unknown> {
    const outcome: Outcome = {
      webhookId,
      attempt: 0,
      publishNumber: 1,
      correlationId: 'c',
      clerkUserId: 'user_1',
      userId: null,
      at: Date.now(),
      status: 'success',
      decision: 'create',
      reason: 'the user was unknown',
    };
    return this.client.jetStream.publish({
      stream: clerkOutcomesStream,
      subject: outcomeSubject(outcome.status),
      messageId: `test:${webhookId}`,
      data: Buffer.from(JSON.stringify([outcome])),
    });
  }
}
