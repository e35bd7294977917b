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
import { markerOf } from '../draft/load-users';
import { type CallOptions } from '../../clerk/clerk-requests';
import { ClerkUsers } from '../../clerk/clerk-users';
import { guardDatabase } from '../../database/guard-database';
import { ConflictTooWideError, ConflictChangedError, UserMissingAtClerkError } from '../../errors';
import { type MappedUser } from '../../clerk-user/map-clerk-user';
import { SuspectedAbsences } from '../../clerk/suspected-absences';
import { type Claim, type Holding, addressKey, addressesOf, findHoldings } from '../addresses/address';
import { type Party, assignAddresses } from './assign-addresses';
import { conflictOrigin } from '../batch/address-plan';

/** The most users that are asked about and locked for one conflict. */
const MAX_PARTIES = 24;

interface Asked extends Party {
  readonly before: RowMarker;
}

/** How to ask, and in which round. */
export interface ResolveOptions {
  readonly callOptions: CallOptions;
  /** Clerk answered with something older than the row; this is the second time that it is asked. */
  readonly confirmed: boolean;
}

/**
 * Settles who holds an address: asks Clerk about the user and about all who hold what it, or one of them, is to get,
 * outside of any transaction; then writes all of them in one.
 */
@Injectable()
export class ConflictResolver {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(ClerkUsers) private readonly clerk: Pick<ClerkUsers, 'fetch'>,
    private readonly applier: ObservationApplier,
    private readonly absences: SuspectedAbsences,
  ) {}

  /** What became of the observation; unsettled when somebody changed meanwhile. Throws as fetching a user does. */
  async resolve(observation: Omit<Observation, 'seen'>, options: ResolveOptions): Promise<ApplyResult> {
    const asked = await this.askAll(observation.clerkUserId, options.callOptions);
    const claims = [...asked.values()].flatMap(({ user }) => (user === null ? [] : addressesOf(user.columns)));
    const holdings = await this.holdingsOf(claims);
    const plan = assignAddresses([...asked.values()], holdings);
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

  /** The user and, transitively, all who hold an address that one of them has at Clerk. */
  private async askAll(first: string, callOptions: CallOptions): Promise<Map<string, Asked>> {
    const asked = new Map<string, Asked>();
    const queue = [first];
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      if (asked.has(id)) continue;
      if (asked.size === MAX_PARTIES) throw new ConflictTooWideError(MAX_PARTIES);
      const before = await guardDatabase(() => markerOf(this.dataSource.manager, id));
      const user = await this.ask(id, id === first, callOptions);
      asked.set(id, { clerkUserId: id, user, before, absent: before === 'absent' });
      if (user === null) continue;
      const wanted = new Map(addressesOf(user.columns).map((claim) => [addressKey(claim), claim]));
      const holdings = await this.holdingsOf([...wanted.values()]);
      for (const held of holdings) {
        const inTheWay = held.verified || wanted.get(addressKey(held))?.verified === true;
        if (held.clerkUserId !== null && inTheWay) queue.push(held.clerkUserId);
      }
    }
    return asked;
  }

  private async ask(clerkUserId: string, required: boolean, callOptions: CallOptions): Promise<MappedUser | null> {
    try {
      return await this.clerk.fetch(clerkUserId, callOptions);
    } catch (error) {
      if (required || !(error instanceof UserMissingAtClerkError)) throw error;
      // Not a deletion, but no claim to an address that Clerk shows with somebody else either.
      await this.absences.suspect(clerkUserId, 'conflict');
      return null;
    }
  }

  private async holdingsOf(claims: readonly Claim[]): Promise<Holding[]> {
    const [holdings] = await guardDatabase(() => runStatements(this.dataSource.manager, [findHoldings(claims)]));
    return holdings;
  }
}

function sideEffect(clerkUserId: string, cause: Omit<Observation, 'seen'>): Omit<Observation, 'seen'> {
  return { clerkUserId, activity: noActivity, origin: conflictOrigin(cause.origin.correlationId) };
}
