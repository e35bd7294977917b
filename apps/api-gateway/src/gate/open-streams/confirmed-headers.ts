import { RequestRefusedError } from '@gatehouse/messaging';
import { type Caller } from '../../caller/caller';
import { type Decision } from '../decision';
import { type StreamPermit, type StreamsVersion, stillStands } from './open-stream';
import { type OpenStreams } from './open-streams';

/**
 * Maximum number of times that the caller of one request is confirmed before the request is sent. Each trust change, of
 * any user, demands another confirmation. Without a limit, a request would wait and repeat its lookup for ever while trust
 * changes faster than lookups are answered.
 */
const MAX_CONFIRMATIONS = 20;

/** Headers of a request to an upstream, as of the last decision about its caller. */
export class ConfirmedHeaders {
  /** `OpenStreams.version` when the last decision about the caller began. */
  private decidedAt: StreamsVersion;
  private confirmations = 0;

  /**
   * @param current headers as of the decision of the permit
   * @param headersOf makes them again, for a caller whose role or tier may have changed
   */
  constructor(
    private readonly permit: StreamPermit,
    private readonly streams: Pick<OpenStreams, 'version'>,
    public current: string[],
    private readonly headersOf: (caller: Caller | undefined) => string[],
  ) {
    this.decidedAt = permit.since;
  }

  /** Whether there was no trust change after the last decision, so that the request may be sent with these headers. */
  get stand(): boolean {
    return stillStands(this.permit, this.decidedAt, this.streams.version);
  }

  /**
   * Decides about the caller again. If it is still allowed, the headers are as of this decision.
   * @throws RequestRefusedError `unavailable` when trust changes too often
   */
  async confirm(): Promise<Decision> {
    this.confirmations += 1;
    if (this.confirmations > MAX_CONFIRMATIONS) {
      throw new RequestRefusedError('unavailable', 'Trust changes too often to confirm the caller. Retry later.');
    }
    const { version } = this.streams;
    const decision = await this.permit.confirm();
    if (decision.allowed) {
      this.decidedAt = version;
      this.current = this.headersOf(decision.caller);
    }
    return decision;
  }
}
