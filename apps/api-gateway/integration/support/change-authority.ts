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

/** Numbers and announces trust changes like user-sync. Can stay silent and lose announcements. */
export class ChangeAuthority {
  readonly changes: TrustChange[] = [];
  readonly acknowledged = new Map<string, number>();
  readonly ended = new Set<string>();
  number = 0;
  epoch: string | undefined;
  floor = 0;
  leaseMs = 3_000;
  /** While true, sends neither heartbeats nor announcements. */
  silent = false;
  /** While true, grants no lease. */
  leaseless = false;
  /** Number of lease requests. */
  leasesAsked = 0;
  /** Number of requests for missed changes. */
  missedAsked = 0;
  /** Delays prepared responses to lease renewals and requests for missed changes until it resolves. */
  hold: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly peer: PeerService) {
    peer
      .answer(leaseGateway, async ({ body: { gatewayId, number, ending } }) => {
        this.leasesAsked += 1;
        if (this.leaseless) return { epoch: this.epoch, current: this.number, leaseMs: 0 };
        if (ending) this.ended.add(gatewayId);
        this.acknowledged.set(gatewayId, number);
        const answer = { epoch: this.epoch, current: this.number, leaseMs: this.leaseMs };
        if (!ending) await this.hold;
        return answer;
      })
      .answer(trustChangesSince, async ({ body: { number } }) => {
        this.missedAsked += 1;
        const missed = this.changes.filter((change) => change.number > number && change.number > this.floor);
        const changes = missed.slice(0, maxTrustChangesPerMessage);
        const answer = { epoch: this.epoch, current: this.number, floor: this.floor, changes };
        await this.hold;
        return answer;
      })
      .answer(acknowledgeTrustChanges, ({ body: { gatewayId, number } }) => {
        this.acknowledged.set(gatewayId, number);
        return {};
      });
  }

  /** Announces the current number every 200 ms, so that tests are fast. */
  start(): void {
    this.timer = setInterval(() => this.publish([]), 200);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Makes a change and announces it, unless it is `lost`. */
  change(change: NewChange, lost = false): TrustChange {
    const made = { ...change, number: ++this.number, at: Date.now() };
    this.changes.push(made);
    if (!lost) this.publish([made]);
    return made;
  }

  /** Sends an announcement, which may be wrong. */
  publish(changes: readonly TrustChange[], current = this.number): void {
    if (this.silent || !this.peer.nats.connected) return;
    this.peer.nats
      .get()
      .publish(trustChangesAnnouncement.subject, JSON.stringify({ epoch: this.epoch, current, changes }));
  }

  /** Starts again from 0, as if the database were replaced. */
  reset(): void {
    this.changes.length = 0;
    this.number = 0;
  }

  /** Makes a change of an unknown API key. */
  nothing(lost = false): TrustChange {
    return this.change({ kind: 'api_key', reason: 'revoked', keyId: randomUUID(), userId: randomUUID() }, lost);
  }
}
