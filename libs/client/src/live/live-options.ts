import { type GatehouseError } from '../errors';
import { type Schemas } from '../schemas';
import { type Texts } from '../texts';

/** The fields of a profile that live updates bring: those of `GET /api/me` that other services see too. */
export type LiveProfile = Pick<
  Schemas['Me'],
  | 'id'
  | 'clerkUserId'
  | 'email'
  | 'emailVerified'
  | 'phoneNumber'
  | 'phoneVerified'
  | 'firstName'
  | 'lastName'
  | 'fullName'
  | 'username'
  | 'profileImageUrl'
  | 'role'
  | 'isActive'
  | 'subscription'
  | 'createdAt'
>;

interface ChangeOf<Kind extends string, Data> {
  readonly kind: Kind;
  readonly id: string;
  /** Version of the resource. Higher is newer. */
  readonly version: number;
  /** Fields that differ from the last message, as a hint: versions in between may be missing. */
  readonly changed: readonly string[];
  readonly at: string;
  /** The resource as its GET route shows it; null if it was deleted. */
  readonly data: Data | null;
}

/** A change of what the caller owns. `id` of the quotas `tokens` and `uploads` is that of the user. */
export type LiveChange =
  | ChangeOf<'profile', LiveProfile>
  | ChangeOf<'item', Schemas['Item']>
  | ChangeOf<'template', Schemas['Template']>
  | ChangeOf<'assistant-session', Schemas['AssistantSession']>
  | (ChangeOf<'tokens', Schemas['Quota']> & { readonly data: Schemas['Quota'] })
  | (ChangeOf<'uploads', Schemas['UploadQuota']> & { readonly data: Schemas['UploadQuota'] });

/**
 * Why everything must be fetched, as the gateway says. `new`: the stream begins, or begins anew because a handler threw
 * or an event could not be read. Later releases may add others.
 */
export type ResetReason = 'new' | 'unknown' | 'too_old' | 'lost' | 'gap' | 'restored' | (string & {});

/** State of live updates. See {@link LiveUpdates}. */
export type LiveState = 'connecting' | 'open' | 'waiting' | 'ended';

/** How live updates ended. */
export interface LiveEnd {
  /**
   * - `stopped`: by `stop()` or the signal
   * - `revoked`: signed out, deactivated, or the API key was revoked
   * - `too_many_streams`: the user has opened newer ones elsewhere
   * - `refused`: the gateway refuses the credential or the request; `error` says why
   */
  readonly reason: 'stopped' | 'revoked' | 'too_many_streams' | 'refused';
  readonly error?: GatehouseError;
}

/** Options of live updates. Handlers are awaited, one at a time, in the order of the events. */
export interface LiveOptions {
  /**
   * Fetch everything that you show: changes may have been missed. Called first, and again when the gateway cannot
   * continue. If it throws, the stream begins anew after a wait.
   */
  readonly onReset: (reason: ResetReason) => unknown;
  /** Called for each change that is newer than the last one of its resource. If it throws, the stream begins anew. */
  readonly onChange: (change: LiveChange) => unknown;
  /** Called with each new state. */
  readonly onState?: (state: LiveState) => void;
  /** Called with each failure after which the client tries again. Default: nothing. */
  readonly onError?: (error: unknown) => void;
  /** Stops live updates. */
  readonly signal?: AbortSignal;
  /**
   * Shortest wait before a reconnection. The gateway can ask for a longer one. Doubled for each further failure. Default:
   * 1 000.
   */
  readonly backoffMs?: number;
  /** Longest time without any byte. The gateway sends a heartbeat every 15 s. Default: 30 000. */
  readonly silenceMs?: number;
  /** Translation of the texts of connections that break. Others have those of the client. */
  readonly texts?: Partial<Texts>;
}
