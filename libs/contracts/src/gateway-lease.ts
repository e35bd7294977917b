import { z } from 'zod';
import { defineRequest } from './request';
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

/** Acknowledges that a gateway has applied all trust changes up to `number`. A later number covers earlier ones. */
export const acknowledgeTrustChanges = defineRequest({
  subject: 'user-sync.gateways.ack',
  repeatable: true,
  request: z.object({ gatewayId: uuidSchema, number: trustChangeNumberSchema }),
  reply: z.object({}),
});
