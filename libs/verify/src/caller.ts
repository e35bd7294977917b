/** The caller of a request, as the gate asserts it. */
export interface Caller {
  /** Id of the user at Gatehouse. */
  readonly userId: string;
  /** Id of the user at Clerk; null for a local user. */
  readonly clerkUserId: string | null;
  /** `user`, `developer` or `admin`. */
  readonly role: string;
  /** `free`, `pro` or `enterprise`. */
  readonly tier: string;
  /** `api_key`, `clerk_session` or `legacy_jwt`. Later releases may add others. */
  readonly method: string;
  /** Scopes of the API key; empty for a session, which has all. See {@link allows}. */
  readonly scopes: readonly string[];
  /** Null for an API key. */
  readonly sessionId: string | null;
  /** Null for a session. */
  readonly keyId: string | null;
}

/** Methods of the callers that have all scopes. */
const SESSION_METHODS: readonly string[] = ['clerk_session', 'legacy_jwt'];

/**
 * Whether the caller may do what a scope stands for. Sessions may do everything that their role allows. All others, such
 * as API keys, need the scope, or one with `*` for either side.
 * @param scope `<noun>:<verb>`, such as `orders:read`
 */
export function allows({ method, scopes }: Pick<Caller, 'method' | 'scopes'>, scope: string): boolean {
  if (SESSION_METHODS.includes(method)) return true;
  const [noun, verb] = scope.split(':');
  return [scope, `${noun}:*`, `*:${verb}`, '*:*'].some((accepted) => scopes.includes(accepted));
}

/** Reads the claims of a verified assertion. Returns undefined if one is missing or has another type. */
export function callerOf(claims: Readonly<Record<string, unknown>>): Caller | undefined {
  const { sub, clerk_user_id: clerkUserId, role, tier, auth_method: method, scopes, sid, key_id: keyId } = claims;
  const isComplete = isText(sub) && isText(role) && isText(tier) && isText(method);
  if (!isComplete || !isTexts(scopes) || ![clerkUserId, sid, keyId].every(isTextOrAbsent)) return undefined;
  return {
    userId: sub,
    clerkUserId: textOrNull(clerkUserId),
    role,
    tier,
    method,
    scopes,
    sessionId: textOrNull(sid),
    keyId: textOrNull(keyId),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || isText(value);
}

function textOrNull(value: unknown): string | null {
  return isText(value) ? value : null;
}
