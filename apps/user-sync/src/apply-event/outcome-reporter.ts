import { type EventMetadata, type Outcome, clerkOutcomesStream, outcomeSubject } from '@gatehouse/contracts';
import { JetStream, SharedOutageError } from '@gatehouse/messaging';
import { Inject, Injectable } from '@nestjs/common';
import { mapBounded } from '../ask-clerk/slots';

/** An outcome, and the publish of the event that it answers. */
export interface Report {
  readonly metadata: EventMetadata;
  readonly outcome: Outcome;
}

const MAX_PUBLISHES = 64;

/** Tells the ledger, over `CLERK_OUTCOMES`, what became of events. */
@Injectable()
export class OutcomeReporter {
  constructor(@Inject(JetStream) private readonly jetStream: JetStream) {}

  /** Returns when the stream has acknowledged each. Throws SharedOutageError while it does not. */
  async report(reports: readonly Report[]): Promise<void> {
    try {
      await mapBounded(reports, MAX_PUBLISHES, (report) => this.publish(report));
    } catch (error) {
      throw new SharedOutageError('the outcomes stream', error);
    }
  }

  private async publish({ metadata, outcome }: Report): Promise<void> {
    await this.jetStream.publish({
      stream: clerkOutcomesStream,
      subject: outcomeSubject(outcome.status),
      // By publish number: when the ledger published the event again, it wants to hear again what became of it.
      messageId: `${metadata.webhookId}:${metadata.publishNumber}:${outcome.attempt}:${outcome.status}`,
      data: new TextEncoder().encode(JSON.stringify(outcome)),
    });
  }
}
