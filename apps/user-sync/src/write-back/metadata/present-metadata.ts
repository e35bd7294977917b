import { type MetadataProgress, type MetadataState } from '@gatehouse/contracts';
import { type EntityManager, In } from 'typeorm';
import { MetadataCollisionEntity } from '../../database/metadata-collision.entity';
import { type UserEntity } from '../../database/user.entity';
import { type OurValues, WriteBackEntity } from '../../database/write-back.entity';
import { type PublicMetadata, metadataKeys } from '../../clerk-user/company-metadata';
import { compareMetadata, wantedValues } from './compare-metadata';
import { digestOf, shownJson } from './metadata-value';
import { currentStates } from './record-collisions';

type Person = Pick<UserEntity, 'id' | 'role'>;

/** What the database holds about one user's metadata at Clerk. */
interface StoredMetadata {
  readonly user: Person;
  readonly writeBack: Pick<WriteBackEntity, 'state' | 'ours'> | null;
  readonly collisions: readonly MetadataCollisionEntity[];
}

/** Loads what the database holds about one user's metadata at Clerk. */
export async function loadMetadata(manager: EntityManager, user: Person): Promise<StoredMetadata> {
  const writeBack = await manager.findOneBy(WriteBackEntity, { userId: user.id });
  const collisions = await manager.findBy(MetadataCollisionEntity, {
    userId: user.id,
    state: In(currentStates),
  });
  return { user, writeBack, collisions };
}

/** For each of our keys: our value, and the value that Clerk held when it was last read. */
export function presentStoredMetadata(
  { user, writeBack, collisions }: StoredMetadata,
  metadataKey: string | undefined,
): MetadataState[] {
  const ours: OurValues = writeBack?.ours ?? {};
  return statesOf(user, metadataKey, (key, ourValue) => {
    const collision = collisions.find((one) => one.key === key);
    if (collision !== undefined) return { clerkValue: collision.shown, state: shownState(collision) };
    const written = ours[key]?.written;
    const clerkValue = written === undefined ? null : shownJson(written);
    if (writeBack?.state === 'done' && written === ourValue) return { clerkValue, state: 'ours' };
    return { clerkValue, state: writeBack?.state === 'dead' ? 'failed' : 'pending' };
  });
}

/** For each of our keys: our value, and Clerk's current value. */
export function presentLiveMetadata(
  metadata: PublicMetadata,
  { user, writeBack, collisions }: StoredMetadata,
  metadataKey: string | undefined,
): MetadataState[] {
  const wanted = wantedValues({ userId: user.id, role: user.role }, metadataKey);
  const known = { key: metadataKey, ours: writeBack?.ours ?? {}, taken: new Map<string, string>() };
  const { held, equal, foreign } = compareMetadata(metadata, wanted, known);
  return statesOf(user, metadataKey, (key) => {
    const value = held.get(key);
    const clerkValue = value === undefined ? null : shownJson(value);
    if (equal.has(key)) return { clerkValue, state: 'ours' };
    if (foreign.every((one) => one.key !== key)) {
      return { clerkValue, state: writeBack?.state === 'dead' ? 'failed' : 'pending' };
    }
    const collision = collisions.find((one) => one.key === key && one.digest === digestOf(value));
    return { clerkValue, state: collision === undefined ? 'collision' : shownState(collision) };
  });
}

/** Progress of writing our values to Clerk. `writes`: whether write-back is enabled. */
export function metadataProgress(states: readonly MetadataState[], writes: boolean): MetadataProgress {
  const any = (...wanted: string[]) => states.some(({ state }) => wanted.includes(state));
  if (any('collision', 'left')) return 'collision';
  if (any('failed')) return 'failed';
  if (any('pending', 'taking')) return writes ? 'pending' : 'off';
  return 'written';
}

/**
 * States of all our keys. The configured key itself, such as `gatehouse`, is left out unless it holds a foreign value.
 */
function statesOf(
  user: Person,
  metadataKey: string | undefined,
  stateOf: (key: string, ourValue: string | null) => Pick<MetadataState, 'clerkValue' | 'state'>,
): MetadataState[] {
  const wanted = wantedValues({ userId: user.id, role: user.role }, metadataKey);
  const states = metadataKeys(metadataKey).map((key) => {
    const ourValue = wanted.get(key) ?? null;
    return { key, ourValue, ...stateOf(key, ourValue) };
  });
  return states.filter(({ key, state }) => key !== metadataKey || !['ours', 'pending', 'failed'].includes(state));
}

function shownState({ state }: MetadataCollisionEntity): string {
  return state === 'open' ? 'collision' : state;
}
