import { createUser, deleteUser } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { Client } from 'pg';
import { type Imports, emailOf, newEmail, newExternalId, startImports } from './import-world';
import { type Member, memberAtClerk } from './members';
import { type SyncWorld } from './sync-world';

let world: SyncWorld;
let boss: Member;
let imports: Imports;
let phones = 0;

beforeAll(async () => void ({ world, boss, imports } = await startImports()));

afterAll(() => world?.dispose());

const newPhone = () => `+120155501${String((phones += 1)).padStart(2, '0')}`;
const row = (fields: object) => ({ externalId: newExternalId(), ...fields });

describe('rows that share a phone number', () => {
  it.each([
    ['an unverified and then a verified one', [false, true], ['create: new', 'conflict: repeated']],
    ['a verified and then an unverified one', [true, false], ['create: new', 'conflict: repeated']],
    ['two unverified ones', [false, false], ['create: new', 'create: new']],
  ])('are one user or a conflict, as across imports: %s', async (_, verified, expected) => {
    const phoneNumber = newPhone();
    const planned = await imports.plan(verified.map((phoneVerified) => row({ phoneNumber, phoneVerified })));
    expect(await imports.reasons(planned.id)).toEqual(expected);
    const creations = expected.filter((each) => each.startsWith('create')).length;
    expect((await imports.apply(planned.id)).outcomes).toEqual({ applied: creations });
  });

  it('may share it with each other where Clerk owns it', async () => {
    const [a, b] = [await memberAtClerk(world), await memberAtClerk(world)];
    const phoneNumber = newPhone();
    const planned = await imports.plan([
      { clerkUserId: a.user.id, phoneNumber, phoneVerified: false, tier: 'pro' },
      { clerkUserId: b.user.id, phoneNumber, phoneVerified: true, tier: 'pro' },
    ]);
    expect(planned.plan).toEqual({ update: 2 });
  });

  it('decide one after the other when a plan of an older release has not noticed it', async () => {
    const phoneNumber = newPhone();
    const planned = await imports.plan([row({ phoneNumber, phoneVerified: false }), row({ phoneNumber: newPhone() })]);
    // The second row now has the number of the first one, verified, as if its conflict had not been planned.
    const content = { externalId: newExternalId(), phoneNumber, phoneVerified: true };
    await world.query('UPDATE user_import_rows SET content = $2 WHERE import_id = $1 AND row = 2', [
      planned.id,
      JSON.stringify(content),
    ]);
    expect((await imports.apply(planned.id)).outcomes).toEqual({ applied: 1, stale: 1 });
  });
});

describe('the external id that a user has at Clerk', () => {
  it('is a conflict when it is not that of the row', async () => {
    const [atClerk, right] = [newExternalId(), newExternalId()];
    const [byId, byEmail] = [
      await memberAtClerk(world, { external_id: atClerk }),
      await memberAtClerk(world, { external_id: newExternalId() }),
    ];
    const [agreeing, without] = [await memberAtClerk(world, { external_id: right }), await memberAtClerk(world)];
    const planned = await imports.plan([
      { externalId: newExternalId(), clerkUserId: byId.user.id },
      { externalId: newExternalId(), email: emailOf(byEmail), emailVerified: true },
      { externalId: right, clerkUserId: agreeing.user.id },
      { externalId: newExternalId(), clerkUserId: without.user.id },
      { externalId: atClerk, email: newEmail(), emailVerified: true },
    ]);
    expect(await imports.reasons(planned.id)).toEqual([
      'conflict: external_id_differs_at_clerk',
      'conflict: external_id_differs_at_clerk',
      'link: clerk_user_id',
      'link: clerk_user_id',
      'conflict: repeated',
    ]);
  });

  it('is a conflict when another user has the external id of the row at Clerk', async () => {
    const externalId = newExternalId();
    await memberAtClerk(world, { external_id: externalId });
    const other = await memberAtClerk(world);
    const planned = await imports.plan([{ externalId, clerkUserId: other.user.id }]);
    expect(await imports.reasons(planned.id)).toEqual(['conflict: identifiers_disagree']);
  });
});

describe('a Stripe customer id', () => {
  it('fills an empty one, and is a conflict where the user has another', async () => {
    const a = await memberAtClerk(world);
    const plan = async (stripeCustomerId: string) =>
      imports.plan([{ clerkUserId: a.user.id, stripeCustomerId, tier: 'pro' }]);
    await imports.apply((await plan('cus_first')).id);
    expect(await imports.reasons((await plan('cus_second')).id)).toEqual(['conflict: stripe_customer_differs']);
    expect(await imports.reasons((await plan('cus_first')).id)).toEqual(['unchanged: clerk_user_id']);
    expect(await world.user(a.user.id)).toMatchObject({ stripe_customer_id: 'cus_first' });
  });
});

describe('a verified phone number', () => {
  it('has a warning in the plan: whoever verifies it at Clerk becomes the user', async () => {
    const planned = await imports.plan([
      row({ phoneNumber: newPhone(), phoneVerified: true }),
      row({ phoneNumber: newPhone(), phoneVerified: false }),
    ]);
    const [warned, plain] = await imports.rows(planned.id);
    expect(warned?.detail).toMatch(/Whoever verifies the phone number at Clerk becomes this user/);
    expect(plain?.detail).not.toMatch(/Clerk/);
  });
});

describe('the erasure of a person', () => {
  /** Creates a local user and deletes it again, with its personal data. */
  async function erase(email: string): Promise<void> {
    const { user } = await world.gateway.send(createUser, { email }, boss.context);
    await world.gateway.send(deleteUser, { userId: user.id }, boss.context);
  }
  const contents = async (id: string) =>
    (
      await world.query<{ content: object | null }>(
        'SELECT content FROM user_import_rows WHERE import_id = $1 ORDER BY row',
        [id],
      )
    ).map(({ content }) => content !== null);

  it('reaches the planned row that would create the person', async () => {
    const email = newEmail();
    const { id } = await imports.plan([row({ email: newEmail() }), row({ email: email.toUpperCase() })]);
    await erase(email);
    expect(await contents(id)).toEqual([true, false]);
    expect((await imports.apply(id)).outcomes).toEqual({ applied: 1, stale: 1 });
  });

  it('reaches the planned row that has the verified phone number of the person unverified', async () => {
    const [email, phoneNumber] = [newEmail(), newPhone()];
    const { id } = await imports.plan([row({ phoneNumber, phoneVerified: false })]);
    const { user } = await world.gateway.send(createUser, { email }, boss.context);
    await world.query('UPDATE users SET phone_number = $2, phone_verified = true WHERE id = $1', [
      user.id,
      phoneNumber,
    ]);
    await world.gateway.send(deleteUser, { userId: user.id }, boss.context);
    expect(await contents(id)).toEqual([false]);
    expect((await imports.apply(id)).outcomes).toEqual({ stale: 1 });
  });

  it('reaches a row that the import has read already and is about to apply', async () => {
    const email = newEmail();
    const member = await memberAtClerk(world);
    const { id } = await imports.plan([row({ email }), { clerkUserId: member.user.id, tier: 'pro' }]);
    const holder = new Client({ connectionString: world.database.adminUrl });
    await holder.connect();
    try {
      await holder.query(`SELECT pg_advisory_lock(hashtextextended('clerk-user:' || $1, 0))`, [member.user.id]);
      await imports.approve(id);
      await eventually(async () => expect(await world.lockWaits()).toBe(1));
      await erase(email);
    } finally {
      await holder.end();
    }
    expect((await imports.reaches(id, ['done'])).outcomes).toEqual({ applied: 1, stale: 1 });
    expect(await world.query('SELECT FROM users WHERE email = $1', [email])).toEqual([]);
  });

  it('reaches a file that is not planned yet: its row becomes a conflict without content', async () => {
    const email = newEmail();
    world.clerk.outage = (_request, response) => void response.writeHead(503).end('{}');
    const lines = [row({ email: newEmail() }), row({ email })].map((each) => JSON.stringify(each)).join('\n');
    const { id } = await imports.upload(lines, 'jsonl');
    await erase(email);
    world.clerk.outage = undefined;
    await imports.reaches(id, ['needs_approval']);
    expect(await imports.reasons(id)).toEqual(['create: new', 'conflict: erased']);
    expect(await contents(id)).toEqual([true, false]);
    expect(await world.query('SELECT FROM user_import_chunks WHERE import_id = $1', [id])).toEqual([]);
  });
});

describe('the undo of an import', () => {
  it('leaves the same people in other imports alone, planned or not', async () => {
    const email = newEmail();
    const person = row({ email });
    const planned = await imports.plan([person]);
    const first = await imports.run([person]);
    world.clerk.outage = (_request, response) => void response.writeHead(503).end('{}');
    const { id: uploaded } = await imports.upload(JSON.stringify(row({ email })), 'jsonl');
    expect((await imports.undo(first.id)).reversals).toEqual({ restored: 1 });
    world.clerk.outage = undefined;
    await world.query('UPDATE user_imports SET retry_at = now() WHERE id = $1', [uploaded]);
    await imports.reaches(uploaded, ['needs_approval']);
    expect(await imports.reasons(uploaded)).toEqual(['create: new']);
    expect((await imports.apply(planned.id)).outcomes).toEqual({ applied: 1 });
  });
});
