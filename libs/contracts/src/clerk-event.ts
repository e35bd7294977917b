import { z } from 'zod';
import { clerkSessionIdSchema, clerkTimeSchema, clerkUserIdSchema, clerkUserSchema } from './clerk-user';

/** Event types that user-sync applies. Every other type is recorded as ignored. */
export const handledEventTypes = [
  'user.created',
  'user.updated',
  'user.deleted',
  'session.created',
  'session.ended',
  'session.removed',
  'session.revoked',
  'session.pending',
] as const;

/** An event type that user-sync applies. */
export type HandledEventType = (typeof handledEventTypes)[number];

/** Whether user-sync applies events of this type. */
export function isHandledEventType(type: string): type is HandledEventType {
  return (handledEventTypes as readonly string[]).includes(type);
}

/**
 * The fields of every Clerk webhook around its `data`; `timestamp` in milliseconds since the epoch.
 * @see https://clerk.com/docs/guides/development/webhooks/overview#payload-structure
 */
export const clerkEnvelopeSchema = z.looseObject({
  type: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9_]+)+$/, 'is not an event type')
    .max(120),
  data: z.record(z.string(), z.unknown()),
  instance_id: z.string().max(120).nullish(),
  timestamp: clerkTimeSchema.nullish(),
});

/** `data` of `user.deleted`: an id and little else. */
export const clerkDeletedUserSchema = z.looseObject({ id: clerkUserIdSchema, deleted: z.literal(true).nullish() });

/** `data` of `session.*`. In practice Clerk sends `user`, but Clerk's schema does not guarantee that field. */
export const clerkSessionSchema = z.looseObject({
  id: clerkSessionIdSchema,
  user_id: clerkUserIdSchema,
  status: z.string().nullish(),
  created_at: clerkTimeSchema.nullish(),
  updated_at: clerkTimeSchema.nullish(),
  last_active_at: clerkTimeSchema.nullish(),
  expire_at: clerkTimeSchema.nullish(),
  user: clerkUserSchema.nullish(),
});

/** A Clerk session; times in milliseconds since the epoch. */
export type ClerkSession = z.output<typeof clerkSessionSchema>;

/** The schema of `data` for each handled type. */
export const clerkEventDataSchemas = {
  'user.created': clerkUserSchema,
  'user.updated': clerkUserSchema,
  'user.deleted': clerkDeletedUserSchema,
  'session.created': clerkSessionSchema,
  'session.ended': clerkSessionSchema,
  'session.removed': clerkSessionSchema,
  'session.revoked': clerkSessionSchema,
  'session.pending': clerkSessionSchema,
} as const satisfies Record<HandledEventType, z.ZodType>;
