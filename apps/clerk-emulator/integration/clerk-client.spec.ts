import { type ClerkClient, createClerkClient, verifyToken } from '@clerk/backend';
import { type ClerkEmulator, startClerkEmulator } from '../src';

describe('@clerk/backend with the emulator', () => {
  let emulator: ClerkEmulator;
  let clerk: ClerkClient;

  beforeAll(async () => {
    emulator = await startClerkEmulator();
    clerk = createClerkClient({ secretKey: emulator.secretKey, apiUrl: emulator.url });
  });
  afterAll(() => emulator.close());

  let serial = 0;
  const createAda = () =>
    clerk.users.createUser({
      emailAddress: [`Ada+${(serial += 1)}@example.com`],
      phoneNumber: [`+1201${5_600_000 + serial}`],
      firstName: 'Ada',
      lastName: 'Example',
      publicMetadata: { role: 'member' },
      skipPasswordRequirement: true,
    });

  it('creates a user with verified identifiers and reads it', async () => {
    const ada = await createAda();
    expect(ada.id).toMatch(/^user_[0-9A-Za-z]{27}$/);
    expect(ada.primaryEmailAddress?.emailAddress).toMatch(/^ada\+/);
    expect(ada.primaryEmailAddress?.verification?.status).toBe('verified');
    expect(ada.primaryPhoneNumber?.verification?.status).toBe('verified');
    expect((await clerk.users.getUser(ada.id)).raw).toEqual(ada.raw);
  });

  it('reads the instance of the secret key', async () => {
    expect(await clerk.instance.get()).toMatchObject({ id: emulator.instanceId, environmentType: 'development' });
  });

  it('lists users by id, address and number, newest first, with the total count', async () => {
    const [first, second] = [await createAda(), await createAda()];
    const byId = await clerk.users.getUserList({ userId: [first.id, second.id], limit: 1 });
    expect(byId).toMatchObject({ totalCount: 2, data: [{ id: second.id }] });
    const byEmail = await clerk.users.getUserList({ emailAddress: [first.primaryEmailAddress!.emailAddress] });
    expect(byEmail.data.map((user) => user.id)).toEqual([first.id]);
    const byPhone = await clerk.users.getUserList({ phoneNumber: [first.primaryPhoneNumber!.phoneNumber] });
    expect(byPhone.data.map((user) => user.id)).toEqual([first.id]);
    expect(await clerk.users.getCount({ query: first.id })).toBe(1);
  });

  it('updates first name, username and primary address', async () => {
    const ada = await createAda();
    const email = await clerk.emailAddresses.createEmailAddress({
      userId: ada.id,
      emailAddress: `new-${ada.id}@example.com`,
      verified: true,
    });
    const updated = await clerk.users.updateUser(ada.id, {
      firstName: 'Augusta',
      username: ada.id,
      primaryEmailAddressID: email.id,
      notifyPrimaryEmailAddressChanged: true,
    });
    expect(updated).toMatchObject({ firstName: 'Augusta', username: ada.id, primaryEmailAddressId: email.id });
    expect(updated.updatedAt).toBeGreaterThan(ada.updatedAt);
  });

  it('makes the next verified address primary when the primary one is deleted', async () => {
    const ada = await createAda();
    const old = ada.primaryEmailAddressId!;
    const params = { userId: ada.id, emailAddress: `swap-${ada.id}@example.com` };
    const added = await clerk.emailAddresses.createEmailAddress(params);
    expect(added.verification?.status).toBe('unverified');
    await clerk.emailAddresses.updateEmailAddress(added.id, { verified: true });
    await clerk.emailAddresses.deleteEmailAddress(old);
    const swapped = await clerk.users.getUser(ada.id);
    expect(swapped.emailAddresses.map((email) => email.id)).toEqual([added.id]);
    expect(swapped.primaryEmailAddressId).toBe(added.id);
  });

  it('adds and removes phone numbers', async () => {
    const ada = await createAda();
    const params = { userId: ada.id, phoneNumber: '+12015550142', verified: true, primary: true };
    const added = await clerk.phoneNumbers.createPhoneNumber(params);
    expect((await clerk.users.getUser(ada.id)).primaryPhoneNumberId).toBe(added.id);
    expect((await clerk.phoneNumbers.getPhoneNumber(added.id)).phoneNumber).toBe('+12015550142');
    await clerk.phoneNumbers.deletePhoneNumber(added.id);
    expect((await clerk.users.getUser(ada.id)).primaryPhoneNumberId).toBe(ada.primaryPhoneNumberId);
  });

  it('merges metadata deeply, and replaces it on request', async () => {
    const ada = await createAda();
    const merged = await clerk.users.updateUserMetadata(ada.id, {
      publicMetadata: { dbId: 'x', nested: { a: 1 } },
      privateMetadata: { secret: true },
    });
    expect(merged.publicMetadata).toEqual({ role: 'member', dbId: 'x', nested: { a: 1 } });
    const removed = await clerk.users.updateUserMetadata(ada.id, { publicMetadata: { role: null } });
    expect(removed.publicMetadata).toEqual({ dbId: 'x', nested: { a: 1 } });
    const replaced = await clerk.users.replaceUserMetadata(ada.id, { publicMetadata: { only: 1 } });
    expect(replaced.publicMetadata).toEqual({ only: 1 });
    expect(replaced.privateMetadata).toEqual({ secret: true });
  });

  it('deletes a user, after which another user can have the address', async () => {
    const ada = await createAda();
    expect(await clerk.users.deleteUser(ada.id)).toMatchObject({ id: ada.id, deleted: true });
    await expect(clerk.users.getUser(ada.id)).rejects.toMatchObject({
      status: 404,
      errors: [{ code: 'resource_not_found' }],
    });
    const again = await clerk.users.createUser({ emailAddress: [ada.primaryEmailAddress!.emailAddress] });
    expect(again.id).not.toBe(ada.id);
  });

  it('deletes the sessions of a deleted user', async () => {
    const ada = await createAda();
    const session = await clerk.sessions.createSession({ userId: ada.id });
    await clerk.users.deleteUser(ada.id);
    await expect(clerk.sessions.getSession(session.id)).rejects.toMatchObject({ status: 404 });
  });

  it('gets an error for an address that is taken', async () => {
    const ada = await createAda();
    const emailAddress = [ada.primaryEmailAddress!.emailAddress.toUpperCase()];
    await expect(clerk.users.createUser({ emailAddress })).rejects.toMatchObject({
      status: 422,
      clerkTraceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      errors: [{ code: 'form_identifier_exists', meta: { paramName: 'email_address' } }],
    });
  });

  it('creates several users with the same address until one of them has it verified', async () => {
    const [ada, bea, cyd] = [await createAda(), await createAda(), await createAda()];
    const emailAddress = `shared-${ada.id}@example.com`;
    const ofAda = await clerk.emailAddresses.createEmailAddress({ userId: ada.id, emailAddress });
    const ofBea = await clerk.emailAddresses.createEmailAddress({ userId: bea.id, emailAddress });
    const { data } = await clerk.users.getUserList({ emailAddress: [emailAddress] });
    expect(data.map(({ id }) => id).sort()).toEqual([ada.id, bea.id].sort());
    const taken = { status: 422, errors: [{ code: 'form_identifier_exists', meta: { paramName: 'email_address' } }] };
    await expect(clerk.emailAddresses.createEmailAddress({ userId: ada.id, emailAddress })).rejects.toMatchObject(
      taken,
    );
    await clerk.emailAddresses.updateEmailAddress(ofAda.id, { verified: true });
    await expect(clerk.emailAddresses.updateEmailAddress(ofBea.id, { verified: true })).rejects.toMatchObject(taken);
    await expect(clerk.emailAddresses.createEmailAddress({ userId: cyd.id, emailAddress })).rejects.toMatchObject(
      taken,
    );
    await clerk.emailAddresses.deleteEmailAddress(ofAda.id);
    const verified = await clerk.emailAddresses.updateEmailAddress(ofBea.id, { verified: true });
    expect(verified.verification?.status).toBe('verified');
  });

  it('creates a user with an address or number that other users have unverified', async () => {
    const ada = await createAda();
    const [emailAddress, phoneNumber] = [`free-${ada.id}@example.com`, '+12015559123'];
    const email = await clerk.emailAddresses.createEmailAddress({ userId: ada.id, emailAddress });
    const phone = await clerk.phoneNumbers.createPhoneNumber({ userId: ada.id, phoneNumber });
    const draft = { emailAddress: [emailAddress], phoneNumber: [phoneNumber], skipPasswordRequirement: true };
    expect((await clerk.users.createUser(draft)).primaryEmailAddress?.verification?.status).toBe('verified');
    await expect(clerk.emailAddresses.updateEmailAddress(email.id, { verified: true })).rejects.toMatchObject({
      status: 422,
    });
    await expect(clerk.phoneNumbers.updatePhoneNumber(phone.id, { verified: true })).rejects.toMatchObject({
      status: 422,
    });
  });

  it('creates, lists, reads and revokes a session', async () => {
    const ada = await createAda();
    const session = await clerk.sessions.createSession({ userId: ada.id });
    expect(session).toMatchObject({ userId: ada.id, status: 'active' });
    expect((await clerk.users.getUser(ada.id)).lastSignInAt).toBe(session.createdAt);
    expect(await clerk.sessions.getSessionList({ userId: ada.id })).toMatchObject({ totalCount: 1 });
    expect(await clerk.sessions.revokeSession(session.id)).toMatchObject({ id: session.id, status: 'revoked' });
    expect(await clerk.sessions.getSession(session.id)).toMatchObject({ status: 'revoked' });
  });

  it('lists the sessions of a user by status, newest first, with the device and address of each', async () => {
    const [ada, bea] = [await createAda(), await createAda()];
    const signIn = async (userAgent: string) => {
      const response = await fetch(`${emulator.url}/emulator/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': userAgent },
        body: JSON.stringify({ user_id: ada.id }),
      });
      return ((await response.json()) as { id: string }).id;
    };
    const laptop = await signIn('Mozilla/5.0 (Windows NT 10.0; rv:141.0) Gecko/20100101 Firefox/141.0');
    const phone = await signIn(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
    );
    const lost = await signIn('curl/8.7.1');
    await clerk.sessions.createSession({ userId: bea.id });
    await clerk.sessions.revokeSession(lost);
    const active = await clerk.sessions.getSessionList({ userId: ada.id, status: 'active' });
    expect(active).toMatchObject({
      totalCount: 2,
      data: [
        {
          id: phone,
          latestActivity: { browserName: 'Safari', browserVersion: '18.6', deviceType: 'iPhone', isMobile: true },
        },
        {
          id: laptop,
          latestActivity: {
            ...{ browserName: 'Firefox', browserVersion: '141.0', deviceType: 'Windows', isMobile: false },
            ...{ ipAddress: '127.0.0.1', city: 'Springfield', country: 'US' },
          },
        },
      ],
    });
    const revoked = await clerk.sessions.getSessionList({ userId: ada.id, status: 'revoked' });
    expect(revoked.data).toMatchObject([{ id: lost, latestActivity: { browserName: 'Chrome' } }]);
  });

  it('gets tokens that verify by public key and by JWKS, until the session is revoked', async () => {
    const ada = await createAda();
    const session = await clerk.sessions.createSession({ userId: ada.id });
    const { jwt } = await clerk.sessions.getToken(session.id);
    const byKey = await verifyToken(jwt, { jwtKey: emulator.jwtKey });
    expect(byKey).toMatchObject({ sub: ada.id, sid: session.id, iss: emulator.url, v: 2, sts: 'active' });
    const byJwks = await verifyToken(jwt, {
      secretKey: emulator.secretKey,
      apiUrl: emulator.url,
      authorizedParties: ['http://localhost:3000'],
    });
    expect(byJwks.sub).toBe(ada.id);
    await clerk.sessions.revokeSession(session.id);
    await expect(clerk.sessions.getToken(session.id)).rejects.toMatchObject({ status: 404 });
  });

  it('bans a user, which revokes the sessions and prevents new ones until the user is unbanned', async () => {
    const ada = await createAda();
    const session = await clerk.sessions.createSession({ userId: ada.id });
    expect((await clerk.users.banUser(ada.id)).banned).toBe(true);
    expect((await clerk.sessions.getSession(session.id)).status).toBe('revoked');
    await expect(clerk.sessions.createSession({ userId: ada.id })).rejects.toMatchObject({ status: 403 });
    expect((await clerk.users.unbanUser(ada.id)).banned).toBe(false);
    await clerk.sessions.createSession({ userId: ada.id });
  });

  it('locks and unlocks a user', async () => {
    const ada = await createAda();
    expect((await clerk.users.lockUser(ada.id)).locked).toBe(true);
    await expect(clerk.sessions.createSession({ userId: ada.id })).rejects.toMatchObject({ status: 403 });
    expect((await clerk.users.unlockUser(ada.id)).locked).toBe(false);
  });

  it('gets an error with another secret key', async () => {
    const stranger = createClerkClient({ secretKey: 'sk_test_other', apiUrl: emulator.url });
    await expect(stranger.users.getUserList()).rejects.toMatchObject({
      status: 401,
      errors: [{ code: 'clerk_key_invalid' }],
    });
  });
});
