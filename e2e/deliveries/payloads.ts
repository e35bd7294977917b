import { clerkPayloadText } from '@gatehouse/testing';
import { stack } from './shared-stack';

const ada = 'user_3AbCdEfGhIjKlMnOpQrStUvWxY1';

let sent = 0;

interface Way {
  webhookId: string;
  ledger: Record<string, unknown>;
  applied: Record<string, unknown> | undefined;
  user: Record<string, unknown> | undefined;
}

async function send(name: string): Promise<Way> {
  const webhookId = `msg_e2e${(sent += 1)}`;
  const response = await stack.deliver(webhookId, clerkPayloadText(name));
  expect(response.status).toBe(200);
  const ledger = await stack.settled(webhookId);
  const applied = await stack.users.query<Record<string, unknown>>(
    'SELECT * FROM applied_events WHERE webhook_id = $1',
    [webhookId],
  );
  const user = await stack.users.query<Record<string, unknown>>('SELECT * FROM users WHERE clerk_user_id = $1', [ada]);
  return { webhookId, ledger, applied: applied.rows[0], user: user.rows[0] };
}

describe('each recorded payload is applied:', () => {
  beforeEach(async () => {
    // All payloads are about the same user, who must not exist at first.
    await stack.users.query('DELETE FROM applied_events');
    await stack.users.query('DELETE FROM clerk_tombstones');
    await stack.users.query('DELETE FROM users');
  });

  it('user.created creates the user', async () => {
    const { ledger, applied, user } = await send('user.created');
    expect(ledger).toMatchObject({ status: 'success', event_type: 'user.created', clerk_user_id: ada });
    expect(applied).toMatchObject({ decision: 'create', correlation_id: ledger.correlation_id });
    expect(user).toMatchObject({
      email: 'ada+clerk_test@example.com',
      email_verified: true,
      phone_number: '+12015550100',
      phone_verified: true,
      full_name: 'Ada Example',
      role: 'user',
      is_active: true,
      auth_provider: 'clerk',
    });
  });

  it('user.created of a user with only a phone number creates the user', async () => {
    const { ledger, user } = await send('user.created.phone-only');
    expect(ledger).toMatchObject({ status: 'success' });
    expect(user).toMatchObject({ email: null, email_verified: false, phone_number: '+12015550100', full_name: 'User' });
  });

  it('user.updated of a known user with the same content increases its version', async () => {
    await send('user.created');
    const { ledger, applied } = await send('user.updated');
    expect(ledger).toMatchObject({ status: 'success' });
    expect(applied).toMatchObject({ decision: 'advance' });
  });

  it('user.updated of an unknown user creates it, without a role that is not ours', async () => {
    const { applied, user } = await send('user.updated');
    expect(applied).toMatchObject({ decision: 'create' });
    expect(user).toMatchObject({ role: 'user' });
  });

  it('session.created creates an unknown user and records the login', async () => {
    const { ledger, user } = await send('session.created');
    expect(ledger).toMatchObject({ status: 'success' });
    expect(user?.last_login_at).toEqual(new Date(1_790_000_000_500));
  });

  it('session.revoked records the logout', async () => {
    await send('session.created');
    const { ledger, user } = await send('session.revoked');
    expect(ledger).toMatchObject({ status: 'success' });
    expect(user?.last_logout_at).toEqual(new Date(1_790_000_060_000));
  });

  it.each(['user.deleted', 'user.deleted.external_id'])('%s redacts the user and keeps the row', async (name) => {
    const { user: before } = await send('user.created');
    const { ledger, applied, user } = await send(name);
    expect(ledger).toMatchObject({ status: 'success' });
    expect(applied).toMatchObject({ decision: 'delete' });
    expect(user).toMatchObject({ id: before?.id, email: null, phone_number: null, first_name: null, is_active: false });
    expect(user?.deleted_at).toBeInstanceOf(Date);
    expect((await send('user.created')).applied).toMatchObject({ decision: 'tombstoned' });
  });

  it('sms.created is recorded as ignored, without its code', async () => {
    const { webhookId, ledger, applied } = await send('sms.created');
    expect(ledger).toMatchObject({ status: 'ignored', event_type: 'sms.created' });
    expect(applied).toBeUndefined();
    const { rows } = await stack.ledger.query<{ body: Buffer }>(
      `SELECT body FROM event_bodies WHERE event_id = (SELECT id FROM webhook_events WHERE webhook_id = $1)`,
      [webhookId],
    );
    expect(rows).toHaveLength(1);
    expect(String(rows[0]?.body)).not.toContain('424242');
  });
});
