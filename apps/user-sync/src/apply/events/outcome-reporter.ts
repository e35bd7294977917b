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

/** An outcome, and the publish of the event that it answers. */
export interface Report {
  readonly metadata: EventMetadata;
  readonly outcome: Outcome;
}

/** Tells the ledger, over `CLERK_OUTCOMES`, what became of events: outcomes of one status travel together. */
@Injectable()
export class OutcomeReporter {
  constructor(private readonly jetStream: JetStream) {}

  /** Returns when the stream has acknowledged each. Throws SharedOutageError while it does not. */
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
      // Never the same: what we report again, the ledger needs to hear again.
      messageId: randomUUID(),
      data,
    });
  }
}
