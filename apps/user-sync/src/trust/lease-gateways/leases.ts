import { gatewayLease } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';

/** A gateway's lease as the database holds it. */
export interface Lease {
  readonly gatewayId: string;
  /** The last change that the gateway has taken in. */
  readonly number: number;
  readonly live: boolean;
}

/** Leases that ran out longer ago are forgotten. */
const FORGET_AFTER = '1 minute';

/**
 * The number of a change that this database has given out, else 0. A gateway that has seen more has seen changes of
 * another: of one whose last commits a failover has lost. It has acknowledged nothing here.
 */
const seen = (number: string) => `CASE WHEN ${number} <= (SELECT number FROM change_counter) THEN ${number} ELSE 0 END`;

/** Registers a gateway or renews its lease. */
export async function renewLease(manager: EntityManager, gatewayId: string, number: number): Promise<void> {
  await manager.query(
    `WITH forgotten AS (
       DELETE FROM gateway_leases WHERE expires_at < now() - interval '${FORGET_AFTER}' AND gateway_id <> $1)
     INSERT INTO gateway_leases AS l (gateway_id, number, expires_at)
     VALUES ($1, ${seen('$2::bigint')}, now() + $3 * interval '1 millisecond')
     ON CONFLICT (gateway_id) DO UPDATE SET number = greatest(l.number, excluded.number), expires_at = excluded.expires_at`,
    [gatewayId, number, gatewayLease.lengthMs],
  );
}

/** Forgets a gateway that is ending. */
export async function endLease(manager: EntityManager, gatewayId: string): Promise<void> {
  await manager.query('DELETE FROM gateway_leases WHERE gateway_id = $1', [gatewayId]);
}

/** Notes how far a gateway has come; one without a lease is not counted by anybody. */
export async function acknowledge(manager: EntityManager, gatewayId: string, number: number): Promise<void> {
  await manager.query(
    `UPDATE gateway_leases SET number = $2 WHERE gateway_id = $1 AND number < ${seen('$2::bigint')}`,
    [gatewayId, number],
  );
}

/** All leases, by the database's clock. */
export async function loadLeases(manager: EntityManager): Promise<Lease[]> {
  const rows = await manager.query<{ gateway_id: string; number: string; live: boolean }[]>(
    'SELECT gateway_id, number, expires_at > now() AS live FROM gateway_leases',
  );
  return rows.map(({ gateway_id, number, live }) => ({ gatewayId: gateway_id, number: Number(number), live }));
}
