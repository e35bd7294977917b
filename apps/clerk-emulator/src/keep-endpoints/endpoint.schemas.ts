import { z } from 'zod';
import { isEndpointUrl } from '../clerk/endpoint-url';
import { isWebhookSecret, WEBHOOK_SECRET_RULE } from '../clerk/webhook-secret';

const EVENT_TYPE_RULE = 'must be event types such as user.created, user.* or *.';

const url = z.string().max(2_048).refine(isEndpointUrl, 'must be an http or https URL without user name and password.');
/** A list of event types; `user.*` and `*` are allowed. */
export const eventTypes = z.array(z.string().regex(/^(\*|[A-Za-z]+\.(\*|[A-Za-z]+))$/, EVENT_TYPE_RULE)).max(100);
const secret = z.string().refine(isWebhookSecret, `${WEBHOOK_SECRET_RULE}.`);

export const createEndpointParams = z.strictObject({
  url,
  description: z.string().max(256).nullish(),
  event_types: eventTypes.optional(),
  secret: secret.optional(),
  enabled: z.boolean().optional(),
});
export type CreateEndpointParams = z.output<typeof createEndpointParams>;

export const updateEndpointParams = createEndpointParams.omit({ secret: true }).partial();
export type UpdateEndpointParams = z.output<typeof updateEndpointParams>;

export const rotateSecretParams = z.strictObject({
  secret: secret.optional(),
  grace_seconds: z.number().int().min(0).max(604_800).optional(),
});
export type RotateSecretParams = z.output<typeof rotateSecretParams>;
