import { type ClerkOwned } from '@gatehouse/lifecycle';
import fc from 'fast-check';
import { contentHashOf } from '../../clerk-user/content-hash';
import { notLocked } from '../../clerk-user/lockout';
import { type MetadataRules } from '../../clerk-user/company-metadata';
import { type MappedUser } from '../../clerk-user/map-clerk-user';
import { type ApplyResult, type Observation, type RowMarker, type Seen, noActivity } from '../observation/observation';
import { foldObservation } from './fold-observation';
import {
  type StoredUser,
  contentOf,
  draftOf,
  knownBeside,
  leaveAddresses,
  markerOf,
  rowOf,
  writeContent,
} from './user-draft';

const ID = 'user_1';
const rules: MetadataRules = { seedRoles: ['user', 'developer'] };

const emptyColumns: ClerkOwned = {
  email: null,
  emailVerified: false,
  phoneNumber: null,
  phoneVerified: false,
  firstName: null,
  lastName: null,
  username: null,
  profileImageUrl: null,
  clerkBanned: false,
  clerkDeprovisioned: false,
};

const user = (version: number, firstName: string): MappedUser => ({
  clerkUserId: ID,
  version,
  columns: { ...emptyColumns, firstName },
  contentHash: contentHashOf({ ...emptyColumns, firstName }),
  observedAt: version,
  lockout: notLocked,
  addressNote: null,
  publicMetadata: {},
  activity: noActivity,
});

const observed = (seen: Seen, at = 0): Observation => ({
  clerkUserId: ID,
  seen,
  activity: { ...noActivity, lastActiveAt: at },
  origin: { id: 'msg_1', source: 'webhook', eventType: 'user.updated', attempt: 0, correlationId: 'c' },
});

const event = (version: number, name: string) => observed({ kind: 'event', user: user(version, name) }, version);
const deletion = observed({ kind: 'deletion' });

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

function fold(observations: readonly Observation[], before = draftOf(absentUser), newId = 'id-1') {
  let draft = before;
  const decisions = observations.map((each) => {
    const folded = foldObservation(draft, each, () => newId, rules);
    draft = folded.draft;
    return nameOf(folded.result);
  });
  return { draft, decisions };
}

const nameOf = (result: ApplyResult): string => (result.settled ? result.decision : result.needs);

describe('foldObservation', () => {
  it('takes the first role of a new user from the creating event, not from later events of the batch', () => {
    const developer = { ...user(2, 'b'), publicMetadata: { role: 'developer' } };
    const { draft, decisions } = fold([event(1, 'a'), observed({ kind: 'event', user: developer })]);
    expect(decisions).toEqual(['create', 'apply']);
    expect(draft.state).toMatchObject({ kind: 'live', write: { kind: 'insert', createdFrom: {} } });
  });

  it('asks Clerk before it creates a user from an unproven event, or with a role above user', () => {
    const developer = { ...user(2, 'b'), publicMetadata: { role: 'developer' } };
    const unproven = observed({ kind: 'event', user: user(1, 'a'), unproven: true });
    expect(fold([unproven, observed({ kind: 'event', user: developer })]).decisions).toEqual(['confirm', 'confirm']);
    const admin = { ...user(2, 'b'), publicMetadata: { role: 'admin' } };
    expect(fold([observed({ kind: 'event', user: admin })]).decisions).toEqual(['create']);
  });

  it('does not change the draft when Clerk has to be asked', () => {
    const { draft, decisions } = fold([event(1, 'a'), event(1, 'b')]);
    expect(decisions).toEqual(['create', 'fetch']);
    expect(contentOf(draft)?.columns.firstName).toBe('a');
  });

  it('asks Clerk for the unknown user of a session, but not for a known or deleted one', () => {
    const nothing = observed({ kind: 'nothing' }, 7);
    expect(fold([nothing, event(1, 'a'), nothing, deletion, nothing]).decisions).toEqual([
      'fetch',
      'create',
      'activity',
      'delete',
      'tombstoned',
    ]);
  });

  it('applies a snapshot of equal version only when the row did not change since Clerk was asked', () => {
    const { draft } = fold([event(1, 'a')]);
    const snapshot = (before: RowMarker) =>
      observed({ kind: 'snapshot', user: user(1, 'b'), before, confirmed: false });
    expect(fold([snapshot('absent')], draft).decisions).toEqual(['fetch']);
    const applied = fold([snapshot(markerOf(draft))], draft, 'id-2');
    expect(applied.decisions).toEqual(['apply']);
    expect(rowOf(applied.draft)?.userId).toBe('id-1');
    expect(contentOf(applied.draft)?.columns.firstName).toBe('b');
  });

  it('ends in the same user for every order and repetition of its events', () => {
    const histories = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 8 }).chain((names) => {
      const events = names.map((name, index) => event(index + 1, name));
      const last = names.at(-1);
      return fc
        .array(fc.constantFrom(...events), { maxLength: 10 })
        .chain((again) => fc.shuffledSubarray([...events, ...again], { minLength: events.length + again.length }))
        .map((shuffled) => ({ shuffled, last, version: events.length }));
    });
    fc.assert(
      fc.property(histories, fc.boolean(), fc.nat(18), ({ shuffled, last, version }, deleted, at) => {
        const observations = deleted ? [...shuffled.slice(0, at), deletion, ...shuffled.slice(at)] : shuffled;
        const { draft } = fold(observations);
        if (deleted) return draft.state.kind === 'tombstone';
        expect(knownBeside(draft)).toEqual({ kind: 'live', version, contentHash: user(1, last ?? '').contentHash });
        expect(rowOf(draft)?.activity.lastActiveAt).toBe(version);
        return true;
      }),
    );
  });
});

describe('an immutable draft', () => {
  it('is not changed by a transition', () => {
    const { draft } = fold([event(1, 'a')]);
    const copy = structuredClone(draft);
    fold([event(2, 'b'), deletion], draft);
    expect(draft).toEqual(copy);
  });

  it('remembers the insert of a user that the same batch creates and deletes', () => {
    const { draft } = fold([event(1, 'a'), deletion]);
    expect(draft.state).toMatchObject({
      kind: 'tombstone',
      row: { userId: 'id-1' },
      deletion: { insert: { kind: 'insert' } },
    });
  });

  it('weakens an update to a new version when the row already holds the user without the withheld address', () => {
    const stored = { ...absentUser, userId: 'id-1', version: 1, contentHash: contentHashOf(emptyColumns) };
    const seen: MappedUser = { ...user(2, ''), columns: { ...emptyColumns, email: 'a@example.com' } };
    const left = leaveAddresses(
      writeContent(draftOf(stored), seen, () => 'id-2'),
      new Set(['email']),
      seen,
    );
    expect(left.state).toMatchObject({ kind: 'live', row: { version: 2 }, write: { kind: 'version' } });
  });
});
