import {
  type PublicQuota,
  type QuotaKind,
  type Tier,
  assistantSessions,
  isQuotaKind,
  items,
  quotaSchema,
  showQuotas,
  templates,
  userSchema,
  uuidSchema,
} from '@gatehouse/contracts';
import { type OwnedData, type TailedChange, type User } from '@gatehouse/follow';
import { z } from 'zod';
import { named } from '../openapi/named';
import { monthVersion, quotaOf, unusedQuota } from './quota-event';

/** Kinds of events about what a user owns, with the permission to read each. */
export const eventPermissions = {
  profile: 'profile:read',
  item: 'items:read',
  template: 'templates:read',
  'assistant-session': 'sessions:read',
  tokens: 'tokens:read',
  uploads: 'uploads:read',
} as const;

/** Kind of an event about what a user owns; the `event` field of SSE. */
export type EventKind = keyof typeof eventPermissions;

/** What a profile event shows: the fields of `GET /api/me` that other services see too. */
const profileSchema = userSchema.pick({
  ...({ id: true, clerkUserId: true, email: true, emailVerified: true, phoneNumber: true } as const),
  ...({ phoneVerified: true, firstName: true, lastName: true, fullName: true, username: true } as const),
  ...({ profileImageUrl: true, role: true, isActive: true, subscription: true, createdAt: true } as const),
});

const quotaSchemas = [showQuotas.reply.shape.uploads, quotaSchema] as const;

/** The `data` field of an event about what a user owns. */
export const liveChangeSchema = named(
  'LiveChange',
  z.object({
    id: uuidSchema,
    /** Version of the resource or quota. Higher is newer. */
    version: z.int().positive(),
    /** Fields that differ from the message before, as a hint: versions may have been skipped. */
    changed: z.array(z.string()),
    at: z.iso.datetime(),
    /** The resource or quota as its `GET` route shows it; null if it was deleted. */
    data: z.union([items.view, templates.view, assistantSessions.view, profileSchema, ...quotaSchemas]).nullable(),
  }),
);

type LiveChange = z.input<typeof liveChangeSchema>;

/** An event for the streams of one user. */
export interface LiveEvent {
  readonly userId: string;
  readonly kind: EventKind;
  /** The lines of the event except its id, with a line break at the end. Those of a quota depend on the user's tier. */
  readonly text: string | ((tier: Tier) => string);
}

/** The lines of an event for a user of a tier. */
export function textFor(tier: Tier, { text }: Pick<LiveEvent, 'text'>): string {
  return typeof text === 'string' ? text : text(tier);
}

/** The event for a change of a user; undefined for a deletion, which ends the streams of the user. */
export function profileEvent({ key: id, version, changed, at, body }: TailedChange<User>): LiveEvent | undefined {
  if (body === undefined) return undefined;
  const { tier: subscription, ...shown } = body;
  const renamed = changed.map((field) => (field === 'tier' ? 'subscription' : field));
  const data = { ...shown, subscription };
  return event(id, 'profile', { id, version, changed: renamed, at, data: data });
}

/** The event for a change of what a user owns; undefined for a kind that this release does not know. */
export function dataEvent({ key, version, changed, at, body }: TailedChange<OwnedData>): LiveEvent | undefined {
  const [userId = '', kind = '', id = ''] = key.split('.');
  if (isQuotaKind(kind)) {
    if (body === undefined && version < monthVersion(at)) return undefined;
    const told = body === undefined ? unusedQuota(kind, at) : (body.data as unknown as PublicQuota);
    const text = (tier: Tier): string =>
      textOf(kind, { id, version, changed: [...changed], at, data: quotaOf(kind, tier, told, version) });
    return { userId, kind, text };
  }
  if (!isResourceKind(kind)) return undefined;
  const data = body && (kind === 'template' ? { ...body.data, isOwn: true } : body.data);
  return event(userId, kind, { id, version, changed: [...changed], at, data: (data ?? null) as LiveChange['data'] });
}

function event(userId: string, kind: EventKind, change: LiveChange): LiveEvent {
  return { userId, kind, text: textOf(kind, change) };
}

function textOf(kind: EventKind, change: LiveChange): string {
  return `event: ${kind}\ndata: ${JSON.stringify(change)}\n`;
}

function isResourceKind(kind: string): kind is Exclude<EventKind, 'profile' | QuotaKind> {
  return kind !== 'profile' && !isQuotaKind(kind) && Object.hasOwn(eventPermissions, kind);
}
