import {
  type DataChange,
  type PublicUser,
  dataChangeSubject,
  dataEpochSubject,
  dataStream,
  epochMarkerSchema,
  jetStreamApiPrefix,
  publicDataKinds,
  userChangeSchema,
  userChangeSubject,
  usersEpochSubject,
  usersStream,
} from '@gatehouse/contracts';
import { followedData } from './follow-data';
import { followedUsers } from './follow-users';
import { type OwnedData, type User } from './index';
import { readMessage } from './stream-message';

const ID = '0b9e7c1a-6f0e-4c43-9d2b-6f3f6a1f9d11';
const OTHER = '7d0f4a52-2a69-4d55-8a5c-1f6b1a2c3d4e';
const AT = '2026-01-05T10:00:00.000Z';
const bytes = (message: object) => new TextEncoder().encode(JSON.stringify(message));

/** True if the two types are the same, in their fields and their modifiers. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

describe('the package, which does not import the contracts,', () => {
  it('has the user of the contract', () => {
    const isUser: Equal<User, Readonly<PublicUser>> = true;
    expect(isUser).toBe(true);
  });

  it('has the kinds of the contract', () => {
    type Known = Exclude<DataChange, { kind: 'deleted' }>;
    const isKind: Equal<OwnedData['kind'], Known['kind']> = true;
    expect(isKind).toBe(true);
    expect(publicDataKinds).toEqual(['item', 'template', 'assistant-session', 'tokens', 'uploads']);
  });

  it('has the names and subjects of the contracts', () => {
    expect(followedUsers).toMatchObject({
      name: usersStream.name,
      subjects: usersStream.subjects[0],
      feed: usersStream.republish.feed,
    });
    expect(followedData).toMatchObject({
      name: dataStream.name,
      subjects: dataStream.subjects[0],
      feed: dataStream.republish.feed,
    });
    expect(userChangeSubject('id')).toBe(`${followedUsers.prefix}id`);
    expect(usersEpochSubject).toBe(`${followedUsers.prefix}epoch`);
    expect(dataChangeSubject('user', 'item', 'id')).toBe(`${followedData.prefix}user.item.id`);
    expect(dataEpochSubject).toBe(`${followedData.prefix}epoch`);
    expect(jetStreamApiPrefix).toBe('$JS.streams.API');
  });

  it('reads what the contracts describe', () => {
    const user: PublicUser = {
      ...{ id: ID, clerkUserId: null, email: 'a@example.com', emailVerified: true, phoneNumber: null },
      ...{ phoneVerified: false, firstName: 'Ada', lastName: null, fullName: 'Ada', username: null },
      ...{ profileImageUrl: null, role: 'user', tier: 'free', isActive: true, createdAt: AT },
    };
    const change = userChangeSchema.parse({ kind: 'user', version: 3, epoch: 2, at: AT, changed: ['email'], user });
    expect(readMessage(followedUsers, ID, bytes(change))).toEqual({
      ...{ type: 'row', version: 3, epoch: 2, at: AT, changed: ['email'], body: user },
    });

    const deletion = userChangeSchema.parse({ kind: 'deleted', version: 4, epoch: 2, at: AT, user: { id: ID } });
    expect(readMessage(followedUsers, ID, bytes(deletion))).toMatchObject({ version: 4, body: undefined });

    const marker = epochMarkerSchema.parse({ kind: 'epoch', epoch: 5, state: 'complete', at: AT, generation: 4 });
    const read = { type: 'marker', epoch: 5, isComplete: true, generation: 4 };
    expect(readMessage(followedUsers, 'epoch', bytes(marker))).toEqual(read);
    expect(readMessage(followedData, 'epoch', bytes(marker))).toEqual(read);
  });

  it('reads a resource and ignores fields that it does not know', () => {
    const data = { title: 'x' };
    const item = { kind: 'item', version: 1, epoch: 2, at: AT, changed: [], userId: ID, id: OTHER, data, later: true };
    expect(readMessage(followedData, `${ID}.item.${OTHER}`, bytes(item))).toMatchObject({
      body: { kind: 'item', userId: ID, id: OTHER, data },
    });
    const deleted = { kind: 'deleted', resource: 'item', version: 2, epoch: 2, at: AT, userId: ID, id: OTHER };
    expect(readMessage(followedData, `${ID}.item.${OTHER}`, bytes(deleted))).toMatchObject({ body: undefined });
  });

  it.each([
    ['text', 'no JSON'],
    ['a list', '[]'],
    ['a user without a version', JSON.stringify({ kind: 'user', epoch: 1, at: AT, user: { id: ID } })],
    ['a negative version', JSON.stringify({ kind: 'user', version: -1, epoch: 1, at: AT, user: { id: ID } })],
    ['no epoch', JSON.stringify({ kind: 'user', version: 1, at: AT, user: { id: ID } })],
    ['another user', JSON.stringify({ kind: 'user', version: 1, epoch: 1, at: AT, user: { id: OTHER } })],
  ])('rejects %s', (_what, text) => {
    expect(readMessage(followedUsers, ID, new TextEncoder().encode(text))).toBeUndefined();
  });
});
