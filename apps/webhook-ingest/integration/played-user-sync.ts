import {
  type Outcome,
  clerkOutcomesStream,
  decodeEventHeaders,
  eventsConsumer,
  jetStreamApiPrefix,
  outcomeSubject,
} from '@gatehouse/contracts';
import { type JetStream, type NatsClient } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';
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

  /**
   * Reports the success of this many events, and acknowledges each after its report, like user-sync. In the opposite order,
   * webhook-ingest would take an event for lost when the report is late.
   */
  async settle(count: number): Promise<void> {
    const settled = new Set<string>();
    while (settled.size < count) {
      const message = await this.pullOne();
      const id = webhookIdOf(message);
      await eventually(() => this.report(id));
      message.respond('+ACK');
      settled.add(id);
    }
    await this.client.nats.get().flush();
  }

  /** Acknowledges this many events and reports no outcomes; returns their webhook ids. */
  async swallow(count: number): Promise<string[]> {
    const ids: string[] = [];
    while (ids.length < count) {
      const message = await this.pullOne();
      ids.push(webhookIdOf(message));
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

function webhookIdOf({ headers }: Msg): string {
  return decodeEventHeaders((name) => headers?.get(name) || undefined).webhookId;
}
