import { isHandledEventType } from '@gatehouse/contracts';
import { containsCode, containsSecret, isSecretName, isShortCode, namesSecrets } from './secret-content';

/** Text that replaces a value that can sign a user in. */
const REDACTED = '[redacted]';

/** Values nested deeper than this are redacted as a whole. Clerk's events are never nested so deeply. */
const MAX_DEPTH = 64;

/**
 * Event types of SMS and email to a user, such as `email.created`, in upper or lower case. The texts of these messages
 * contain codes and links.
 */
const MESSAGE_TYPE = /^\s*(?:sms|email)\s*\./i;

/**
 * Members of an SMS or email event that are stored, because they are known to contain no secret. All others are
 * dropped.
 */
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

/**
 * Members of user and session events that must not be redacted, because user-sync stores their texts and compares them
 * with Clerk's. In such a member, `token=1@example.com` is an address and not a secret.
 */
const STORED_TEXTS: ReadonlySet<string> = new Set([
  'email_address',
  'phone_number',
  'username',
  'first_name',
  'last_name',
]);

/**
 * Redacts everything that can sign a user in: tickets, one-time codes, links and tokens, at any depth, in events of
 * known and unknown types. Returns undefined when the event contains no secret, so that its bytes can be stored
 * unchanged.
 */
export function redactSecrets(event: Readonly<Record<string, unknown>>): unknown {
  const { type } = event;
  if (typeof type === 'string' && MESSAGE_TYPE.test(type)) return messageWithoutContent(event);
  // The texts of user and session events are names and addresses. So only other events are searched for codes in
  // sentences.
  const rules = new Rules(typeof type !== 'string' || !isHandledEventType(type));
  return rules.find(event, '', 0) ? rules.redact(event, '', 0) : undefined;
}

class Rules {
  constructor(private readonly withProse: boolean) {}

  /** Whether `name` is one of `STORED_TEXTS`, in a user or session event. */
  private isStored(name: string): boolean {
    return !this.withProse && STORED_TEXTS.has(name);
  }

  /**
   * Whether the value contains anything to redact. Runs before `redact` and copies nothing, because most events contain
   * no secret.
   */
  find(value: unknown, name: string, depth: number): boolean {
    if (typeof value !== 'object' || value === null) return this.isSecret(value, name);
    if (depth === MAX_DEPTH) return true;
    if (Array.isArray(value)) return value.some((element) => this.find(element, name, depth + 1));
    const inherited = namesSecrets(name);
    for (const key of Object.keys(value)) {
      const inner = (value as Record<string, unknown>)[key];
      if (containsSecret(key) || this.find(inner, inherited ? name : key, depth + 1)) return true;
    }
    return false;
  }

  redact(value: unknown, name: string, depth: number): unknown {
    if (typeof value !== 'object' || value === null) return this.isSecret(value, name) ? REDACTED : value;
    if (depth === MAX_DEPTH) return REDACTED;
    // Each element is judged by the name of its list, such as `backup_codes`.
    if (Array.isArray(value)) return value.map((element) => this.redact(element, name, depth + 1));
    const inherited = namesSecrets(name);
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        containsSecret(key) ? REDACTED : key,
        this.redact(inner, inherited ? name : key, depth + 1),
      ]),
    );
  }

  private isSecret(value: unknown, name: string): boolean {
    if (typeof value === 'number') return isSecretName(name, value);
    if (typeof value !== 'string' || value === '' || this.isStored(name)) return false;
    if (isSecretName(name, value) || containsSecret(value)) return true;
    return this.withProse && (containsCode(value) || isShortCode(value, name));
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

/**
 * Returns `value` if it is a short scalar; otherwise undefined. In Clerk's events, the members in `HARMLESS` are always
 * short scalars. Any other value is unexpected and could contain a secret.
 */
function harmless(value: unknown): unknown {
  if (typeof value === 'string') return value.length <= 128 ? value : undefined;
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : undefined;
}
