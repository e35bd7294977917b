import { type ClerkOwned } from '@gatehouse/lifecycle';
import { contentHashOf } from '../../clerk-user/content-hash';
import { notLocked } from '../../clerk-user/lockout';
import { type MappedUser } from '../../clerk-user/map-clerk-user';
import { type StoredUser, contentOf, draftOf } from '../draft/user-draft';
import { type Observation, noActivity } from '../observation/observation';
import { type AddressPlan } from './address-plan';
import { foldBatch } from './fold-batch';

const ID = 'user_1';

const columns: ClerkOwned = {
  email: 'a@example.com',
  emailVerified: true,
  phoneNumber: null,
  phoneVerified: false,
  firstName: 'Ada',
  lastName: null,
  username: null,
  profileImageUrl: null,
  clerkBanned: false,
  clerkDeprovisioned: false,
};

const absentUser: StoredUser = {
  clerkUserId: ID,
  userId: null,
  version: null,
  contentHash: null,
  tombstoned: false,
  openConflict: false,
  clerkBanned: false,
  clerkDeprovisioned: false,
  lockout: notLocked,
  activity: noActivity,
  role: null,
  writeBack: { state: null, seen: null },
};

const event = (id: string, version: number): Observation => {
  const user: MappedUser = {
    clerkUserId: ID,
    version,
    columns,
    contentHash: contentHashOf(columns),
    observedAt: version,
    lockout: notLocked,
    addressNote: null,
    publicMetadata: {},
    activity: noActivity,
  };
  const origin = { id, source: 'webhook', eventType: 'user.updated', attempt: 0, correlationId: 'c' } as const;
  return { clerkUserId: ID, seen: { kind: 'event', user }, activity: noActivity, origin };
};

const fold = (observations: readonly Observation[], plan?: AddressPlan, applied = new Map()) =>
  foldBatch(new Map([[ID, draftOf(absentUser)]]), applied, observations, plan, { seedRoles: ['user'] });

const planWith = (parts: Partial<AddressPlan>): AddressPlan => ({
  withhold: new Map(),
  link: new Map(),
  forsaken: [],
  notes: [],
  ...parts,
});

describe('foldBatch', () => {
  it('records one row per applied observation, with the versions before and after', () => {
    const { results, rows } = fold([event('msg_1', 1), event('msg_2', 2)]);
    expect(results).toMatchObject([{ decision: 'create' }, { decision: 'advance' }]);
    expect(rows).toMatchObject([
      { versionBefore: null, versionAfter: 1 },
      { versionBefore: 1, versionAfter: 2 },
    ]);
  });

  it('applies an event that the batch holds twice once, and repeats its result', () => {
    const { results, rows } = fold([event('msg_1', 1), event('msg_1', 1)]);
    expect(results).toMatchObject([
      { decision: 'create', repeated: false },
      { decision: 'create', repeated: true },
    ]);
    expect(rows).toHaveLength(1);
  });

  it('repeats the result of an event that was applied before, and changes no draft', () => {
    const earlier = { settled: true, userId: 'id-1', decision: 'apply', reason: 'earlier', repeated: true } as const;
    const { drafts, results, rows } = fold([event('msg_1', 1)], undefined, new Map([['msg_1', earlier]]));
    expect(results).toEqual([earlier]);
    expect(rows).toEqual([]);
    expect(drafts).toEqual([draftOf(absentUser)]);
  });

  it('stores a user without the address that the plan assigns to another one', () => {
    const { drafts, results } = fold([event('msg_1', 1)], planWith({ withhold: new Map([[ID, new Set(['email'])]]) }));
    expect(results).toMatchObject([{ decision: 'create', reason: expect.stringContaining('its email is left') }]);
    expect(drafts.map((draft) => contentOf(draft)?.columns)).toMatchObject([{ email: null, emailVerified: false }]);
  });

  it('takes over the row of the local user that the plan links', () => {
    const { drafts, results } = fold([event('msg_1', 1)], planWith({ link: new Map([[ID, 'local-1']]) }));
    expect(results).toMatchObject([{ decision: 'link', userId: 'local-1' }]);
    expect(drafts).toMatchObject([{ state: { kind: 'live', write: { kind: 'update' } } }]);
  });
});
