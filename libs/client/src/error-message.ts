import { GatehouseError } from './errors';
import { isOffline } from './is-offline';
import { type Texts, textOf, texts } from './texts';

/** The parts of Clerk's errors that are read: `ClerkAPIResponseError`, `ClerkRuntimeError`, a body of its Frontend API. */
interface ClerkLike {
  readonly code?: unknown;
  readonly clerkRuntimeError?: unknown;
  readonly errors?: readonly { code?: unknown; message?: unknown; longMessage?: unknown; long_message?: unknown }[];
}

/** What browsers and Node say when fetch gets no response. */
const NETWORK_FAILURE = /failed to fetch|fetch failed|load failed|networkerror|network request failed|terminated/i;
const CLERK_NETWORK_CODES: readonly unknown[] = ['network_error', 'clerk_offline'];

/**
 * Returns one sentence for the person in front of the screen about any error: of this package, of Clerk, of the network.
 * Never shows a text that was made for developers.
 * @param replaced a translation of {@link texts}
 * @example
 *   try { await signIn.attemptFirstFactor({ strategy: 'phone_code', code }); }
 *   catch (error) { show(getErrorMessage(error)); }
 */
export function getErrorMessage(error: unknown, replaced?: Partial<Texts>): string {
  const say = (code: string, status?: number) => textOf(code, status, replaced);
  if (error instanceof GatehouseError) return say(error.code, error.status);
  if (typeof error !== 'object' || error === null) return say('other');
  const name = 'name' in error ? error.name : undefined;
  if (name === 'GatehouseError' && 'code' in error) return say(String(error.code), statusOf(error));
  if (name === 'TimeoutError') return say('timed_out');
  const clerk = error as ClerkLike;
  if (Array.isArray(clerk.errors)) return clerkMessage(clerk, say);
  const isNetwork =
    (error instanceof TypeError && NETWORK_FAILURE.test(error.message)) || CLERK_NETWORK_CODES.includes(clerk.code);
  if (isNetwork) return say(clerk.code === 'clerk_offline' || isOffline() ? 'offline' : 'network_failed');
  return say('other');
}

function clerkMessage({ errors = [] }: ClerkLike, say: (code: string) => string): string {
  const [first] = errors;
  const key = `clerk_${String(first?.code)}`;
  if (Object.hasOwn(texts, key)) return say(key);
  // Clerk's texts are made for people, in the language that Clerk's components are set to.
  const own = first?.longMessage ?? first?.long_message ?? first?.message;
  return typeof own === 'string' && own !== '' ? own : say('other');
}

function statusOf(error: object): number | undefined {
  return 'status' in error && typeof error.status === 'number' ? error.status : undefined;
}
