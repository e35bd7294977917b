import { runStatements } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  type ApplyResult,
  type Observation,
  type RowMarker,
  laterActivity,
  noActivity,
} from '../observation/observation';
import { ObservationApplier } from '../batch/observation-applier';
import { readMarker } from '../draft/load-drafts';
import { type CallOptions } from '../../clerk/clerk-requests';
import { ClerkUsers } from '../../clerk/clerk-users';
import { guardDatabase } from '../../database/guard-database';
import { ConflictTooWideError, ConflictChangedError, UserMissingAtClerkError } from '../../errors';
import { type MappedUser } from '../../clerk-user/map-clerk-user';
import { SuspectedAbsences } from '../../clerk/suspected-absences';
import { type Address, type HeldAddress, addressKey, addressesOf, findHeldAddresses } from '../addresses/address';
import { type Party, assignAddresses } from './assign-addresses';
import { conflictOrigin } from '../batch/address-plan';

/** Maximum users per conflict that are fetched and locked. */
const MAX_PARTIES = 24;

interface Asked extends Party {
  readonly before: RowMarker;
}

/** Options of {@link ConflictResolver.resolve}. */
interface ResolveOptions {
  readonly callOptions: CallOptions;
  /** Whether Clerk is asked a second time because its first answer was older than the row. */
  readonly confirmed: boolean;
}

/**
 * Resolves conflicts over addresses. Fetches, outside of any transaction, the user and the users who hold the same
 * addresses. Then writes all of them in one transaction.
 */
@Injectable()
export class ConflictResolver {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(ClerkUsers) private readonly clerk: Pick<ClerkUsers, 'fetch'>,
    private readonly applier: ObservationApplier,
    private readonly absences: SuspectedAbsences,
  ) {}

  /**
   * Resolves the conflict over the user's addresses and applies the observation. The result is unsettled when one of
   * the users changed meanwhile.
   * @throws ConflictTooWideError when more than `MAX_PARTIES` users are concerned
   * @throws UserMissingAtClerkError when Clerk does not know the user itself. If Clerk does not know another user, that
   * user loses the contested addresses instead.
   * @throws ClerkRequestError when a request for any of the users fails
   * @throws DatabaseRefusedError or SharedOutageError, from the database
   */
  async resolve(observation: Omit<Observation, 'seen'>, options: ResolveOptions): Promise<ApplyResult> {
    const asked = await this.askAll(observation.clerkUserId, options.callOptions);
    const addresses = [...asked.values()].flatMap(({ user }) => (user === null ? [] : addressesOf(user.columns)));
    const plan = assignAddresses([...asked.values()], await this.holdersOf(addresses));
    const observations = [...asked.values()].flatMap(({ clerkUserId, user, before }) => {
      if (user === null) return [];
      const seen = { kind: 'snapshot', user, before, confirmed: options.confirmed } as const;
      if (clerkUserId !== observation.clerkUserId) return [{ ...sideEffect(clerkUserId, observation), seen }];
      return [{ ...observation, seen, activity: laterActivity(observation.activity, user.activity) }];
    });
    try {
      const results = await this.applier.apply(observations, plan);
      const own = results[observations.findIndex(({ clerkUserId }) => clerkUserId === observation.clerkUserId)];
      return own ?? { settled: false, needs: 'resolve', reason: 'nothing was applied' };
    } catch (error) {
      if (!(error instanceof ConflictChangedError)) throw error;
      return { settled: false, needs: error.needs === 'fetch' ? 'resolve' : error.needs, reason: error.message };
    }
  }

  /**
   * Fetches the user with the Clerk id `first`, then every user whose row holds an address that `first` has at Clerk.
   * Repeats this for each fetched user. Skips a holder if the address is verified neither for the holder nor for the
   * user who wants it.
   */
  private async askAll(first: string, callOptions: CallOptions): Promise<Map<string, Asked>> {
    const asked = new Map<string, Asked>();
    const queue = [first];
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      if (asked.has(id)) continue;
      if (asked.size === MAX_PARTIES) throw new ConflictTooWideError(MAX_PARTIES);
      const before = await guardDatabase(() => readMarker(this.dataSource.manager, id));
      const user = await this.ask(id, id === first, callOptions);
      asked.set(id, { clerkUserId: id, user, before, absent: before === 'absent' });
      if (user === null) continue;
      const wanted = new Map(addressesOf(user.columns).map((address) => [addressKey(address), address]));
      for (const held of await this.holdersOf([...wanted.values()])) {
        const isRival = held.verified || wanted.get(addressKey(held))?.verified === true;
        if (held.clerkUserId !== null && isRival) queue.push(held.clerkUserId);
      }
    }
    return asked;
  }

  private async ask(clerkUserId: string, required: boolean, callOptions: CallOptions): Promise<MappedUser | null> {
    try {
      return await this.clerk.fetch(clerkUserId, callOptions);
    } catch (error) {
      if (required || !(error instanceof UserMissingAtClerkError)) throw error;
      // The missing user is not deleted yet, but loses each address that Clerk shows for another user.
      await this.absences.suspect(clerkUserId, 'conflict');
      return null;
    }
  }

  private async holdersOf(addresses: readonly Address[]): Promise<HeldAddress[]> {
    const [held] = await guardDatabase(() => runStatements(this.dataSource.manager, [findHeldAddresses(addresses)]));
    return held;
  }
}

function sideEffect(clerkUserId: string, cause: Omit<Observation, 'seen'>): Omit<Observation, 'seen'> {
  return { clerkUserId, activity: noActivity, origin: conflictOrigin(cause.origin.correlationId) };
}
