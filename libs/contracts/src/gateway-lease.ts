import { z } from 'zod';
import { defineRequest } from './request';
import { timeSchema } from './time';
import { trustChangeEpoch, trustChangeNumberSchema } from './trust-change';
import { uuidSchema } from './uuid';

/**
 * How long a gateway lease lasts, and how often it is renewed; milliseconds. A longer lease alone has no effect: after
 * `trustChangeHeartbeat.silenceMs` without a message, a gateway stops using its cache anyway. Change both:
 * docs/contributing/change-the-gateway-lease.md.
 */
export const gatewayLease = { lengthMs: 3_000, renewMs: 1_000 } as const;

/**
 * Registers a gateway, or renews its gateway lease. `number` is the last trust change that the gateway has applied.
 * `ending` releases the lease. A gateway caches nothing before its first lease.
 */
export const leaseGateway = defineRequest({
  subject: 'user-sync.gateways.lease',
  repeatable: true,
  request: z.object({ gatewayId: uuidSchema, number: trustChangeNumberSchema, ending: z.boolean().default(false) }),
  reply: z.object({ ...trustChangeEpoch, current: trustChangeNumberSchema, leaseMs: z.number().int().nonnegative() }),
});

/** Lists the gateways that have, or lately had, a lease; for admins. */
export const listGateways = defineRequest({
  subject: 'user-sync.gateways.list',
  repeatable: true,
  request: z.object({}),
  reply: z.object({
    /** Number of the last trust change. */
    current: trustChangeNumberSchema,
    /** False for a moment after a failover: a gateway may then hold a lease that only the earlier server has stored. */
    complete: z.boolean(),
    items: z.array(
      z.object({
        id: uuidSchema,
        /** Whether its lease lasts. Without one, a gateway caches nothing. */
        live: z.boolean(),
        leaseExpiresAt: timeSchema,
        /** Number of the last trust change that it has acknowledged. */
        acknowledged: trustChangeNumberSchema,
      }),
    ),
  }),
});

/** Acknowledges that a gateway has applied all trust changes up to `number`. A later number covers earlier ones. */
export const acknowledgeTrustChanges = defineRequest({
  subject: 'user-sync.gateways.ack',
  repeatable: true,
  request: z.object({ gatewayId: uuidSchema, number: trustChangeNumberSchema }),
  reply: z.object({}),
});
