import {
  type ClerkMovement,
  type Outcome,
  clerkMovementSchema,
  clerkMovementSubject,
  clerkOutcomesStream,
  outcomeSchema,
} from '@gatehouse/contracts';
import { type JetStreamManager } from '@nats-io/jetstream';

/** What user-sync has reported to the ledger. Reads each message of the stream once. */
export class LedgerReports {
  private reading: Promise<readonly Outcome[]> | undefined;
  private reported: {
    of: string | undefined;
    upTo: number;
    readonly all: Outcome[];
    readonly movements: ClerkMovement[];
  } = {
    of: undefined,
    upTo: 0,
    all: [],
    movements: [],
  };

  constructor(private readonly administrator: () => Promise<JetStreamManager>) {}

  /** All outcomes, in order. Concurrent calls share one read. */
  outcomes(): Promise<readonly Outcome[]> {
    this.reading ??= this.readOutcomes().finally(() => (this.reading = undefined));
    return this.reading;
  }

  /** Published movements of Clerk, in order. */
  async movements(): Promise<readonly ClerkMovement[]> {
    await this.outcomes();
    return this.reported.movements;
  }

  private async readOutcomes(): Promise<readonly Outcome[]> {
    const manager = await this.administrator();
    const stream = await manager.streams.info(clerkOutcomesStream.name).catch(() => undefined);
    if (stream === undefined || stream.created !== this.reported.of) {
      this.reported = { of: stream?.created, upTo: 0, all: [], movements: [] };
    }
    const { reported } = this;
    for (; reported.upTo < (stream?.state.last_seq ?? 0); reported.upTo += 1) {
      const message = await manager.streams.getMessage(clerkOutcomesStream.name, { seq: reported.upTo + 1 });
      if (message?.subject === clerkMovementSubject) reported.movements.push(clerkMovementSchema.parse(message.json()));
      else reported.all.push(...outcomeSchema.array().parse(message?.json() ?? []));
    }
    return reported.all;
  }
}
