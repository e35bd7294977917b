import { clerkTimeSchema, clerkUserIdSchema, isHandledEventType, latestTimeMs } from '@gatehouse/contracts';
import { storableText } from '@gatehouse/persistence';
import { type Delivery } from '../record-webhook/delivery';
import { redactSecrets } from './redact-secrets';
import { repeatsMembers } from './repeated-members';

/** The fields that the ledger stores from the body of a verified delivery. */
export type ReadEvent = Pick<Delivery, 'eventType' | 'ignored' | 'instanceId' | 'clerkUserId' | 'occurredAt' | 'body'>;

const MAX_TYPE = 120;
const MAX_INSTANCE = 120;

/**
 * Reads the body of a delivery whose signature is valid; accepts any bytes. Checks only what decides whether the event
 * is published. An event of a handled type is published even if its data is invalid: user-sync reports the fault, and
 * the ledger shows it to operators. The returned `body` contains no secrets. If the sent body is not a JSON object,
 * `body` is empty, because secrets cannot be found in it.
 */
export function readEvent(body: Buffer): ReadEvent {
  const text = body.toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ...nothing, ignored: { decision: 'unparseable', reason: 'the body is not JSON' } };
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { ...nothing, ignored: { decision: 'not-an-event', reason: 'the body is not a JSON object' } };
  }
  const event = json as Record<string, unknown>;
  return readObject(event, withoutSecrets(event, text, body));
}

/**
 * Returns the body to store: the sent bytes, unless they contain a secret. If they do, returns the parsed event as
 * JSON, with the secret redacted.
 *
 * Also returns the parsed event as JSON if an object has two members of the same name. `JSON.parse` keeps only the last
 * of the two, so a secret in the first one is not found. The parsed event does not contain the first one.
 */
function withoutSecrets(event: Record<string, unknown>, text: string, body: Buffer): Buffer {
  const redacted = redactSecrets(event) ?? (repeatsMembers(text, event) ? event : undefined);
  return redacted === undefined ? body : Buffer.from(JSON.stringify(redacted));
}

function readObject(event: Record<string, unknown>, body: Buffer): ReadEvent {
  const instanceId = typeof event.instance_id === 'string' ? storableText(event.instance_id, MAX_INSTANCE) : null;
  const common = { instanceId, occurredAt: readTime(event.timestamp), clerkUserId: null, body };
  const { type } = event;
  if (typeof type !== 'string') {
    return {
      ...common,
      eventType: 'unknown',
      ignored: { decision: 'not-an-event', reason: 'the body has no type' },
    };
  }
  const eventType = storableText(type, MAX_TYPE);
  if (isHandledEventType(type)) return { ...common, eventType, clerkUserId: readUserId(type, event.data) };
  return {
    ...common,
    eventType,
    ignored: { decision: 'unhandled-type', reason: 'no service handles events of this type' },
  };
}

const nothing = {
  eventType: 'unknown',
  instanceId: null,
  clerkUserId: null,
  occurredAt: null,
  body: Buffer.alloc(0),
} as const;

function readUserId(type: string, data: unknown): string | null {
  if (!(data instanceof Object)) return null;
  const { id, user_id: userId } = data as { id?: unknown; user_id?: unknown };
  const parsed = clerkUserIdSchema.safeParse(type.startsWith('user.') ? id : userId);
  return parsed.success ? parsed.data : null;
}

function readTime(timestamp: unknown): Date | null {
  const parsed = clerkTimeSchema.safeParse(timestamp);
  return parsed.success && parsed.data <= latestTimeMs ? new Date(parsed.data) : null;
}
