import { createHash } from 'node:crypto';
import { DriftSampler } from '../src/reconcile/drift-sampler';
import { type UserJson, T0, userEvent, withEmail } from './clerk-events';
import { reconciling, world } from './each-reconcile-test';
import { many } from './reconcile-world';

describe('users with a content hash of version 1', () => {
  /** Replaces the hash of the row by the one of version 1. */
  async function hashByVersion1({ id }: UserJson, locked = false): Promise<void> {
    const row = await world.user(id);
    const names = ['email', 'email_verified', 'phone_number', 'phone_verified', 'first_name', 'last_name', 'username'];
    const content = [...names, 'profile_image_url', 'clerk_banned'].map((name) => row?.[name]);
    const hash = createHash('sha256')
      .update(JSON.stringify([...content, locked]))
      .digest('hex');
    await world.query('UPDATE users SET content_hash = $2, clerk_locked = $3 WHERE clerk_user_id = $1', [
      id,
      hash,
      locked,
    ]);
  }

  const rows = (users: readonly UserJson[]) =>
    world.query('SELECT *, xmin::text FROM users WHERE clerk_user_id = ANY($1) ORDER BY id', [
      users.map(({ id }) => id),
    ]);

  it('count as unchanged for events, reconcile runs and drift samples, without a write or a request to Clerk', async () => {
    const users = many(4);
    for (const user of users) await world.deliver(userEvent('user.created', user));
    for (const [index, user] of users.entries()) await hashByVersion1(user, index === 0);
    // The first user was locked when it was hashed; the lockout has ended since.
    await world.query('UPDATE users SET clerk_lockout_expires_at = now() WHERE clerk_user_id = $1', [users[0]?.id]);
    reconciling.atClerk(...users);
    const before = await rows(users);
    for (const user of users) {
      expect(await world.deliver(userEvent('user.updated', user))).toMatchObject({ decision: 'duplicate' });
    }
    expect(await reconciling.reconcile()).toMatchObject({ state: 'done', changes: { duplicate: 4 } });
    expect(await world.apps[0]?.get(DriftSampler, { strict: false }).sample()).toBe(0);
    expect(await rows(users)).toEqual(before);
    expect(users.map(({ id }) => world.clerk.times(id))).toEqual([0, 0, 0, 0]);
  });

  it('get a hash of the current version when they are next written', async () => {
    const [user] = many(1) as [UserJson];
    await world.deliver(userEvent('user.created', user));
    const before = await world.user(user.id);
    await hashByVersion1(user);
    const outcome = await world.deliver(userEvent('user.updated', { ...user, updated_at: T0 + 1 }));
    expect(outcome).toMatchObject({ decision: 'advance' });
    expect(await world.user(user.id)).toMatchObject({ content_hash: before?.content_hash });
  });

  it('are updated when Clerk shows them as deprovisioned with the same version', async () => {
    const [later, same, withdrawn] = many(3) as [UserJson, UserJson, UserJson];
    for (const user of [later, same, withdrawn]) {
      await world.deliver(userEvent('user.created', user));
      await hashByVersion1(user);
    }
    // A replica of the previous release wrote this row after a newer one had stored the deprovisioning.
    await world.query('UPDATE users SET clerk_deprovisioned = true WHERE clerk_user_id = $1', [withdrawn.id]);
    reconciling.atClerk(
      { ...later, updated_at: T0 + 1, deprovisioned: true },
      { ...same, deprovisioned: true },
      withdrawn,
    );
    expect(await world.apps[0]?.get(DriftSampler, { strict: false }).sample()).toBe(3);
    expect(await reconciling.reconcile()).toMatchObject({ state: 'done', changes: { apply: 3 } });
    expect(await world.user(later.id)).toMatchObject({ clerk_deprovisioned: true });
    expect(await world.user(same.id)).toMatchObject({ clerk_deprovisioned: true });
    expect(await world.user(withdrawn.id)).toMatchObject({ clerk_deprovisioned: false });
    expect(await world.apps[0]?.get(DriftSampler, { strict: false }).sample()).toBe(0);
  });

  it('stay unchanged when they are stored without an address that another user holds', async () => {
    const [holder, other] = many(2) as [UserJson, UserJson];
    const email = `${holder.id}@example.com`;
    const claimant = withEmail(other, email);
    await world.deliver(userEvent('user.created', withEmail(holder, email)));
    reconciling.atClerk(withEmail(holder, email), claimant);
    await world.deliver(userEvent('user.created', claimant));
    expect(await world.user(claimant.id)).toMatchObject({ email: null });
    await hashByVersion1(holder);
    await hashByVersion1(claimant);
    const shown = await world.query('SELECT email, updated_at FROM users ORDER BY id');
    expect(await reconciling.reconcile()).toMatchObject({ state: 'done', changes: { duplicate: 2 } });
    expect(await world.query('SELECT email, updated_at FROM users ORDER BY id')).toEqual(shown);
  });
});
