import { z } from 'zod';
import { eventTypes } from '../keep-endpoints/endpoint.schemas';
import { faultKinds } from './fault-kinds';

const probability = z.number('must be a number from 0 to 1.').min(0).max(1);
const count = z.number().int().min(0).max(1_000_000_000).nullable();
const match = z.strictObject({
  event_types: eventTypes.optional(),
  endpoint_id: z.string().max(100).nullish(),
  user_id: z.string().max(100).nullish(),
  methods: z
    .array(z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']))
    .max(5)
    .optional(),
  path: z.string().startsWith('/', 'must begin with /.').max(500).nullish(),
});
const params = z.record(z.string(), z.unknown());

export const createFaultParams = z.strictObject({
  kind: z.enum(faultKinds, `must be one of ${faultKinds.join(', ')}.`),
  enabled: z.boolean().optional(),
  probability: probability.optional(),
  count: count.optional(),
  match: match.optional(),
  params: params.optional(),
});
export type CreateFaultParams = z.output<typeof createFaultParams>;

export const updateFaultParams = createFaultParams.omit({ kind: true }).partial();
export type UpdateFaultParams = z.output<typeof updateFaultParams>;

export const setSeedParams = z.strictObject({ seed: z.union([z.string().min(1).max(200), z.number().int()]) });
export type SetSeedParams = z.output<typeof setSeedParams>;
