import { type Gatehouse, type GetToken, type Texts, createGatehouse } from '@gatehouse/client';
import { type LiveChange, followChanges } from '@gatehouse/client/live';
import { QueryClient } from '@tanstack/react-query';
import { Account, ME, isRefusal } from './account';
import { type LiveStatus } from './live-status';
import { ResourceLists } from './resource-lists';
import { isResourceKind } from './resource-kinds';

/** What a sign-in needs of the page. */
export interface SignInOptions {
  readonly baseUrl: string;
  readonly texts: Partial<Texts> | undefined;
  /** Token of Clerk, or null once somebody else is signed in. */
  readonly clerkToken: GetToken;
  /** The token that requests are sent with. Default: that of Clerk. */
  readonly getToken: GetToken;
  /** Called when the gateway no longer accepts the session, such as after a sign-out on another device. */
  readonly onSignedOut: () => void;
}

/** The part of a page that says whether somebody looks at it. Servers have none. */
type PageDocument = Pick<EventTarget, 'addEventListener' | 'removeEventListener'> & {
  readonly visibilityState: string;
};

const OFF: LiveStatus = { state: 'off' };

/**
 * One person, signed in once: the client, what was fetched, and live updates. Nothing of it outlives the sign-in. Without
 * options, nobody is signed in.
 */
export class SignIn {
  readonly queries = new QueryClient({
    // The client repeats requests itself.
    defaultOptions: { queries: { retry: false, staleTime: 60_000 }, mutations: { retry: false } },
  });
  readonly gatehouse: Gatehouse;
  /** Sends Clerk's token, also when other requests have a token of Gatehouse. */
  private readonly asClerk: Gatehouse;
  readonly account: Account;
  /** Spreads what all people do at the same time; from 0 to 1. */
  readonly spread = Math.random();
  readonly lists: ResourceLists;
  private status = OFF;
  private initialised: Promise<void> | undefined;
  private resume = (): void => undefined;
  private readonly listeners = new Set<() => void>();

  constructor(readonly options?: SignInOptions) {
    const { baseUrl = 'http://localhost', texts, clerkToken = () => null, getToken = () => null } = options ?? {};
    const common = { baseUrl, ...(texts && { texts }) };
    this.gatehouse = createGatehouse({ ...common, getToken });
    this.asClerk = createGatehouse({ ...common, getToken: clerkToken });
    this.account = new Account(this.gatehouse, this.queries);
    this.lists = new ResourceLists(this.gatehouse, this.queries);
  }

  /** Makes sure, once, that the person exists at Gatehouse. @throws GatehouseError */
  async initialise(): Promise<void> {
    this.initialised ??= this.asClerk.POST('/api/clerk/syncUsers').then(() => undefined);
    try {
      await this.initialised;
    } catch (error) {
      this.initialised = undefined;
      throw error;
    }
  }

  /** Begins live updates. Returns the function that ends them. */
  start(): () => void {
    if (this.options === undefined) return () => undefined;
    const stopping = new AbortController();
    this.queries.mount();
    let following: Promise<void> | undefined;
    this.resume = () => void (following ??= this.follow(stopping.signal).finally(() => (following = undefined)));
    this.resume();
    const { document } = globalThis as { readonly document?: PageDocument };
    // Live updates that have ended, because another page took their place or the person was refused, begin again here.
    const onVisible = (): void => (document?.visibilityState === 'visible' ? this.resume() : undefined);
    document?.addEventListener('visibilitychange', onVisible);
    return () => {
      stopping.abort();
      document?.removeEventListener('visibilitychange', onVisible);
      this.resume = () => undefined;
      this.enter(OFF);
      // Edits that wait until the device is online are never sent.
      this.queries.unmount();
    };
  }

  /** Tries again after a refusal, or when the person could not be fetched. */
  async retry(): Promise<void> {
    await this.queries.invalidateQueries({ queryKey: ME });
    if (!isRefusal(this.queries.getQueryState(ME)?.error)) this.resume();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly liveStatus = (): LiveStatus => this.status;

  private enter(status: LiveStatus): void {
    this.status = status;
    for (const listener of this.listeners) listener();
  }

  private async follow(signal: AbortSignal): Promise<void> {
    await this.initialise().catch(() => undefined);
    if (signal.aborted) return;
    const live = followChanges(this.gatehouse, {
      signal,
      onReset: () => this.refetch(),
      onChange: (change) => this.apply(change),
      onState: (state) => (signal.aborted ? undefined : this.enter({ state })),
    });
    const { reason } = await live.ended;
    if (signal.aborted) return;
    this.enter({ state: 'ended', reason });
    if (reason === 'revoked' || reason === 'refused') await this.checkRefusal();
  }

  /** Asks whether the person is refused, or only this stream was. */
  private async checkRefusal(): Promise<void> {
    await this.queries.invalidateQueries({ queryKey: ME });
    if (!this.isUnauthenticated()) return;
    // The token of a person who was deactivated is rejected too. With Clerk's token the gateway says which it is.
    this.initialised = undefined;
    await this.queries.invalidateQueries({ queryKey: ME });
    if (this.isUnauthenticated()) this.options?.onSignedOut();
  }

  private isUnauthenticated(): boolean {
    const error = this.queries.getQueryState(ME)?.error;
    return isRefusal(error) && error.status === 401;
  }

  /** Fetches what is shown. Without the newest lists, changes would be missing: then the stream begins anew. */
  private async refetch(): Promise<void> {
    this.account.reset();
    const lists = this.queries.invalidateQueries({ queryKey: ['resources'] }, { throwOnError: true });
    const others = this.queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'resources' });
    await Promise.all([lists, others]);
  }

  private apply(change: LiveChange): void {
    if (change.kind === 'profile') this.account.apply(change);
    else if (change.kind === 'tokens') this.account.applyQuota('tokens', change.data);
    else if (change.kind === 'uploads') this.account.applyQuota('uploads', change.data);
    else if (isResourceKind(change.kind)) this.lists.apply(change.kind, change);
  }
}
