import { type ClerkOwned } from '@gatehouse/lifecycle';
import fc from 'fast-check';
import { contentHashOf } from '../../clerk-user/content-hash';
import { notLocked } from '../../clerk-user/lockout';
import { type MetadataRules } from '../../clerk-user/company-metadata';
import { type MappedUser } from '../../clerk-user/map-clerk-user';
import { type ApplyResult, type Observation, type Seen, noActivity } from '../observation/observation';
import { foldObservation } from './fold-observation';
import { UserDrafts } from './user-draft';

const ID = 'user_1';
const rules: MetadataRules = { seedRoles: ['user', 'developer'] };

const nobody: ClerkOwned = {
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
  columns: { ...nobody, firstName },
  contentHash: contentHashOf({ ...nobody, firstName }),
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

function fold(observations: readonly Observation[]) {
  const draft = new UserDrafts([]).of(ID);
  const results = observations.map((each) => foldObservation(draft, each, () => 'id-1', rules));
  return { draft, results, decisions: results.map(nameOf) };
}

const nameOf = (result: ApplyResult): string => (result.settled ? result.decision : result.needs);

describe('folding', () => {
  it('creates a user with the role that the creating event seeds, whatever later events of the batch say', () => {
    const developer = { ...user(2, 'b'), publicMetadata: { role: 'developer' } };
    const { draft, decisions } = fold([event(1, 'a'), observed({ kind: 'event', user: developer })]);
    expect(decisions).toEqual(['create', 'apply']);
    expect(draft.createdFrom).toEqual({});
  });

  it('asks Clerk before an event creates a user that is unproven or would start above user', () => {
    const developer = { ...user(2, 'b'), publicMetadata: { role: 'developer' } };
    const unproven = observed({ kind: 'event', user: user(1, 'a'), unproven: true });
    expect(fold([unproven, observed({ kind: 'event', user: developer })]).decisions).toEqual(['confirm', 'confirm']);
    const admin = { ...user(2, 'b'), publicMetadata: { role: 'admin' } };
    expect(fold([observed({ kind: 'event', user: admin })]).decisions).toEqual(['create']);
  });

  it('leaves the draft alone until Clerk was asked', () => {
    const { draft, decisions } = fold([event(1, 'a'), event(1, 'b')]);
    expect(decisions).toEqual(['create', 'fetch']);
    expect(draft.content?.columns.firstName).toBe('a');
  });

  it('asks Clerk for the unknown user of a session, and no more once it is known or deleted', () => {
    const nothing = observed({ kind: 'nothing' }, 7);
    expect(fold([nothing, event(1, 'a'), nothing, deletion, nothing]).decisions).toEqual([
      'fetch',
      'create',
      'activity',
      'delete',
      'tombstoned',
    ]);
  });

  it('takes a tying snapshot only when the row is as it was when Clerk was asked', () => {
    const { draft } = fold([event(1, 'a')]);
    const snapshot = (before: typeof draft.marker) =>
      observed({ kind: 'snapshot', user: user(1, 'b'), before, confirmed: false });
    expect(nameOf(foldObservation(draft, snapshot('absent'), () => 'id-2', rules))).toBe('fetch');
    expect(nameOf(foldObservation(draft, snapshot(draft.marker), () => 'id-2', rules))).toBe('apply');
    expect(draft).toMatchObject({ userId: 'id-1', content: { columns: { firstName: 'b' } } });
  });

  it('ends in the same user whatever the order and repetition of its events', () => {
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
        if (deleted) return draft.known.kind === 'tombstone';
        expect(draft.known).toEqual({ kind: 'live', version, contentHash: user(1, last ?? '').contentHash });
        expect(draft.activity.lastActiveAt).toBe(version);
        return true;
      }),
    );
  });
});
