import { isHandledEventType } from '@gatehouse/contracts';
import { bearsSecret, carriesCodeInProse, isSecretName, isShortCode, namesSecrets } from './secret-content';

/** What stands in place of a value that could sign somebody in. */
export const REDACTED = '[redacted]';

/** Deeper values are redacted as a whole: nothing of Clerk's is nested like that. */
const MAX_DEPTH = 64;

/** Messages to a person, whatever comes after the dot and however it is written: their texts hold codes and links. */
const MESSAGE_TYPE = /^\s*(?:sms|email)\s*\./i;

/** What is kept of a message: a list of what is known to be harmless. */
const HARMLESS = [
  'id',
  'object',
  'slug',
  'status',
  'created_at',
  'user_id',
  'phone_number_id',
  'email_address_id',
  'delivered_by_clerk',
] as const;

/** Texts of users that user-sync stores, and compares with Clerk's: `token=1@example.com` is an address, no secret. */
const STORED_TEXTS: ReadonlySet<string> = new Set([
  'email_address',
  'phone_number',
  'username',
  'first_name',
  'last_name',
]);

/**
 * Removes from an event what could sign somebody in: tickets, one-time codes, links and tokens, wherever they stand, in
 * events of known and unknown types. Returns undefined when there is nothing to remove, so that the bytes can be kept as
 * they came.
 */
export function redactSecrets(event: Readonly<Record<string, unknown>>): unknown {
  const { type } = event;
  if (typeof type === 'string' && MESSAGE_TYPE.test(type)) return messageWithoutContent(event);
  // Texts of users and sessions are names and addresses, which user-sync stores: no prose is looked for in them.
  const rules = new Rules(typeof type !== 'string' || !isHandledEventType(type));
  return rules.find(event, '', 0) ? rules.redact(event, '', 0) : undefined;
}

class Rules {
  constructor(private readonly withProse: boolean) {}

  /** Whether the text stands where only a user's own name or address can. */
  private isStored(name: string): boolean {
    return !this.withProse && STORED_TEXTS.has(name);
  }

  /** Whether there is anything to redact; makes nothing, because most events are clean. */
  find(value: unknown, name: string, depth: number): boolean {
    if (typeof value !== 'object' || value === null) return this.isSecret(value, name);
    if (depth === MAX_DEPTH) return true;
    if (Array.isArray(value)) return value.some((element) => this.find(element, name, depth + 1));
    const inherited = namesSecrets(name);
    for (const key of Object.keys(value)) {
      const inner = (value as Record<string, unknown>)[key];
      if (bearsSecret(key) || this.find(inner, inherited ? name : key, depth + 1)) return true;
    }
    return false;
  }

  redact(value: unknown, name: string, depth: number): unknown {
    if (typeof value !== 'object' || value === null) return this.isSecret(value, name) ? REDACTED : value;
    if (depth === MAX_DEPTH) return REDACTED;
    // Elements of a list are named like the list: `backup_codes`.
    if (Array.isArray(value)) return value.map((element) => this.redact(element, name, depth + 1));
    const inherited = namesSecrets(name);
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        bearsSecret(key) ? REDACTED : key,
        this.redact(inner, inherited ? name : key, depth + 1),
      ]),
    );
  }

  private isSecret(value: unknown, name: string): boolean {
    if (typeof value === 'number') return isSecretName(name, value);
    if (typeof value !== 'string' || value === '' || this.isStored(name)) return false;
    if (isSecretName(name, value) || bearsSecret(value)) return true;
    return this.withProse && (carriesCodeInProse(value) || isShortCode(value, name));
  }
}

function messageWithoutContent(event: Readonly<Record<string, unknown>>): unknown {
  const data = event.data instanceof Object ? (event.data as Record<string, unknown>) : {};
  return {
    type: harmless(event.type),
    object: harmless(event.object),
    instance_id: harmless(event.instance_id),
    timestamp: harmless(event.timestamp),
    data: Object.fromEntries(HARMLESS.map((name) => [name, harmless(data[name])])),
  };
}

/** Short scalars only: whatever else stands under a harmless name is not what the name says. */
function harmless(value: unknown): unknown {
  if (typeof value === 'string') return value.length <= 128 ? value : undefined;
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : undefined;
}
