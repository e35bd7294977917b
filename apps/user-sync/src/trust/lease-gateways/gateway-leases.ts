import { gatewayLease } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { EPOCH } from '../../trust-changes/epoch';

/** A stored gateway lease. */
export interface GatewayLease {
  readonly gatewayId: string;
  /** The last trust change that the gateway has acknowledged. */
  readonly number: number;
  readonly live: boolean;
}

/** A lease as admins see it. */
export interface ShownLease extends GatewayLease {
  /** By the clock of the database. */
  readonly expiresAt: Date;
}

/** The gateway leases that the database has. */
export interface GatewayLeases<Lease extends GatewayLease = GatewayLease> {
  /**
   * Whether every gateway that may use its cache is among `leases`. After a failover, a gateway may hold a lease that
   * only the earlier server has stored. So the leases are complete only when the epoch is older than a lease lasts.
   */
  readonly complete: boolean;
  readonly leases: readonly Lease[];
}

/**
 * Time from the expiry of a lease to the deletion of its row. An expired lease is ignored (`live` is false), and a
 * renewal creates a deleted row again. So nothing depends on the length of this time.
 */
const DELETE_AFTER = '1 minute';

/**
 * SQL for the `number` that a gateway has acknowledged; 0 if it is above the last number of this database. It can be
 * above after a failover to a standby that lacks the last trust changes. The gateway then counts as having acknowledged
 * none.
 */
const seen = (number: string) => `CASE WHEN ${number} <= (SELECT number FROM change_counter) THEN ${number} ELSE 0 END`;

/** Creates or renews the lease of a gateway. */
export async function renewLease(manager: EntityManager, gatewayId: string, number: number): Promise<void> {
  await manager.query(
    `WITH expired AS (
       DELETE FROM gateway_leases WHERE expires_at < now() - interval '${DELETE_AFTER}' AND gateway_id <> $1)
     INSERT INTO gateway_leases AS l (gateway_id, number, expires_at)
     VALUES ($1, ${seen('$2::bigint')}, now() + $3 * interval '1 millisecond')
     ON CONFLICT (gateway_id) DO UPDATE SET number = greatest(l.number, excluded.number), expires_at = excluded.expires_at`,
    [gatewayId, number, gatewayLease.lengthMs],
  );
}

/** Deletes the lease of a gateway that shuts down. */
export async function endLease(manager: EntityManager, gatewayId: string): Promise<void> {
  await manager.query('DELETE FROM gateway_leases WHERE gateway_id = $1', [gatewayId]);
}

/** Records the last trust change that a gateway has acknowledged. Does nothing for a gateway without a lease. */
export async function acknowledge(manager: EntityManager, gatewayId: string, number: number): Promise<void> {
  await manager.query(
    `UPDATE gateway_leases SET number = $2 WHERE gateway_id = $1 AND number < ${seen('$2::bigint')}`,
    [gatewayId, number],
  );
}

interface LeaseRow {
  readonly complete: boolean;
  readonly gateway_id: string | null;
  readonly number: string;
  readonly expires_at: Date;
  readonly live: boolean;
}

/** Loads all gateway leases. `live`: not expired by the clock of the database. */
export async function loadLeases(manager: EntityManager): Promise<GatewayLeases<ShownLease>> {
  const rows = await manager.query<LeaseRow[]>(
    `SELECT c.epoch IS NOT DISTINCT FROM ${EPOCH}
              AND coalesce(c.epoch_since + $1 * interval '1 millisecond' < now(), true) AS complete,
            l.gateway_id, l.number, l.expires_at, l.expires_at > now() AS live
       FROM change_counter c LEFT JOIN gateway_leases l ON true`,
    [gatewayLease.lengthMs],
  );
  const leases = rows.flatMap(({ gateway_id: gatewayId, number, expires_at: expiresAt, live }) =>
    gatewayId === null ? [] : [{ gatewayId, number: Number(number), live, expiresAt }],
  );
  return { complete: rows[0]?.complete ?? false, leases };
}
