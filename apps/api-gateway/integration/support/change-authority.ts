import { randomUUID } from 'node:crypto';
import {
  type TrustChange,
  acknowledgeTrustChanges,
  trustChangesAnnouncement,
  trustChangesSince,
  leaseGateway,
  maxTrustChangesPerMessage,
} from '@gatehouse/contracts';
import { type PeerService } from './peer-service';

type NewChange = TrustChange extends infer C ? (C extends TrustChange ? Omit<C, 'number' | 'at'> : never) : never;

/** Numbers changes and tells gateways of them, as user-sync does; may fall silent, and may lose announcements. */
export class ChangeAuthority {
  readonly changes: TrustChange[] = [];
  readonly acknowledged = new Map<string, number>();
  readonly ended = new Set<string>();
  number = 0;
  floor = 0;
  leaseMs = 3_000;
  /** No heartbeat and no announcement while true. */
  silent = false;
  /** Refuses leases while true. */
  leaseless = false;
  /** Leases that were asked for. */
  leasesAsked = 0;
  /** Questions for missed changes. */
  missedAsked = 0;
  /** Answers to renewals and to questions for missed changes are made at once and given when this is over. */
  hold: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly peer: PeerService) {
    peer
      .answer(leaseGateway, async ({ body: { gatewayId, number, ending } }) => {
        this.leasesAsked += 1;
        if (this.leaseless) return { current: this.number, leaseMs: 0 };
        if (ending) this.ended.add(gatewayId);
        this.acknowledged.set(gatewayId, number);
        const answer = { current: this.number, leaseMs: this.leaseMs };
        if (!ending) await this.hold;
        return answer;
      })
      .answer(trustChangesSince, async ({ body: { number } }) => {
        this.missedAsked += 1;
        const missed = this.changes.filter((change) => change.number > number && change.number > this.floor);
        const answer = { current: this.number, floor: this.floor, changes: missed.slice(0, maxTrustChangesPerMessage) };
        await this.hold;
        return answer;
      })
      .answer(acknowledgeTrustChanges, ({ body: { gatewayId, number } }) => {
        this.acknowledged.set(gatewayId, number);
        return {};
      });
  }

  /** Repeats the current number, more often than user-sync does so that tests are quick. */
  start(): void {
    this.timer = setInterval(() => this.publish([]), 200);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Makes a change; `lost` ones are not announced. */
  change(change: NewChange, lost = false): TrustChange {
    const made = { ...change, number: ++this.number, at: Date.now() };
    this.changes.push(made);
    if (!lost) this.publish([made]);
    return made;
  }

  /** Announces something as it is, right or wrong. */
  publish(changes: readonly TrustChange[], current = this.number): void {
    if (this.silent || !this.peer.nats.connected) return;
    this.peer.nats.get().publish(trustChangesAnnouncement.subject, JSON.stringify({ current, changes }));
  }

  /** Starts anew, as after the loss of the database. */
  reset(): void {
    this.changes.length = 0;
    this.number = 0;
  }

  /** A change that matters to nobody. */
  nothing(lost = false): TrustChange {
    return this.change({ kind: 'api_key', reason: 'revoked', keyId: randomUUID(), userId: randomUUID() }, lost);
  }
}
