import { randomUUID } from 'node:crypto';
import {
  type TrustChange,
  acknowledgeTrustChanges,
  trustChangesAnnouncement,
  trustChangesSince,
  leaseGateway,
} from '@gatehouse/contracts';
import { type Subscription } from '@nats-io/transport-node';
import { nobody } from './members';
import { type SyncWorld } from './sync-world';

/**
 * The part of a gateway that follows trust changes: takes a lease, listens, requests what it missed, acknowledges. The
 * lease lasts an hour and is not renewed, so that it does not expire on a slow machine.
 */
export class ListeningGateway {
  readonly id = randomUUID();
  /** All trust changes, each once, in order. */
  readonly changes: TrustChange[] = [];
  /** How often it missed trust changes. */
  gaps = 0;
  number = 0;
  /** While true, it ignores announcements. */
  stuck = false;
  private heard = 0;
  private subscription: Subscription | undefined;
  private work: Promise<void> = Promise.resolve();

  constructor(private readonly world: SyncWorld) {}

  async start(): Promise<this> {
    this.subscription = this.world.gatewayConnection.subscribe(trustChangesAnnouncement.subject, {
      callback: (error, message) => {
        if (error !== null) return;
        const announcement = trustChangesAnnouncement.message.parse(message.json());
        this.heard += 1;
        this.work = this.work.then(() => this.take(announcement.changes, announcement.current));
      },
    });
    // Announcements during the start are handled after it: before it, all earlier trust changes would count as missed.
    this.work = this.begin();
    await this.work;
    return this;
  }

  get announcements(): number {
    return this.heard;
  }

  /** Stops like a gateway that was killed: its last lease expires. */
  async vanish(): Promise<void> {
    this.subscription?.unsubscribe();
    await this.work;
    await this.lease();
  }

  async stop(): Promise<void> {
    await this.vanish();
    await this.lease(true);
  }

  lease(ending = false) {
    return this.world.gateway.send(leaseGateway, { gatewayId: this.id, number: this.number, ending }, nobody());
  }

  private async begin(): Promise<void> {
    await this.world.gatewayConnection.flush();
    this.number = (await this.lease()).current;
    await this.world.query("UPDATE gateway_leases SET expires_at = now() + interval '1 hour' WHERE gateway_id = $1", [
      this.id,
    ]);
  }

  private async take(changes: readonly TrustChange[], current: number): Promise<void> {
    if (this.stuck) return;
    for (const change of changes) if (change.number === this.number + 1) this.note(change);
    while (this.number < current) {
      this.gaps += 1;
      const missed = await this.world.gateway.send(trustChangesSince, { number: this.number }, nobody());
      for (const change of missed.changes) this.note(change);
    }
    if (changes.length > 0) {
      await this.world.gateway.send(acknowledgeTrustChanges, { gatewayId: this.id, number: this.number }, nobody());
    }
  }

  private note(change: TrustChange): void {
    this.changes.push(change);
    this.number = change.number;
  }
}
