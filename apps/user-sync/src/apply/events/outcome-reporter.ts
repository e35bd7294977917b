import { randomUUID } from 'node:crypto';
import {
  type EventMetadata,
  type Outcome,
  clerkOutcomesStream,
  encodeOutcomes,
  outcomeSubject,
} from '@gatehouse/contracts';
import { JetStream, SharedOutageError } from '@gatehouse/messaging';
import { Injectable } from '@nestjs/common';

/** An outcome, and the metadata of its event. */
export interface Report {
  readonly metadata: EventMetadata;
  readonly outcome: Outcome;
}

/**
 * Reports outcomes to the ledger over the stream `CLERK_OUTCOMES`. Only outcomes of one status share a message, because
 * the subject of a message names the status, as in `clerk.outcomes.failed`.
 */
@Injectable()
export class OutcomeReporter {
  constructor(private readonly jetStream: JetStream) {}

  /**
   * Sends the outcomes. Returns when the stream has acknowledged all messages.
   * @throws SharedOutageError when the stream does not acknowledge a message
   */
  async report(reports: readonly Report[]): Promise<void> {
    const outcomes = reports.map(({ outcome }) => outcome);
    const messages = [...new Set(outcomes.map(({ status }) => status))].flatMap((status) =>
      encodeOutcomes(outcomes.filter((outcome) => outcome.status === status)).map((data) => ({ status, data })),
    );
    try {
      await Promise.all(messages.map(({ status, data }) => this.publish(status, data)));
    } catch (error) {
      throw new SharedOutageError('the outcomes stream', { cause: error });
    }
  }

  private async publish(status: Outcome['status'], data: Uint8Array): Promise<void> {
    await this.jetStream.publish({
      stream: clerkOutcomesStream,
      subject: outcomeSubject(status),
      // Unique for each report, so that JetStream does not drop a repeated outcome as a duplicate. The ledger needs the
      // repeated outcome: when the first one was lost, the ledger publishes the event again and waits for an outcome.
      messageId: randomUUID(),
      data,
    });
  }
}
