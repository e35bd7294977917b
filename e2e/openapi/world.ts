import { randomUUID } from 'node:crypto';
import { createClerkClient } from '@clerk/backend';
import { clerkPayload, eventually } from '@gatehouse/testing';
import { type Somebody } from '../isolation/attempts';
import { type Headers, type Person, People } from '../isolation/people';
import { type Stack } from '../stack';
import { type ImportIds, makeImports } from './imports';

const PASSWORD = 'correct horse battery staple';

/** Somebody whom an admin has created, without Clerk. */
interface LocalUser {
  readonly id: string;
  readonly email: string;
  /** One-time token that sets the password. */
  readonly token: string;
}

/** People and records of every kind, which the operations of the document are called about. */
export interface World {
  readonly people: People;
  /** Calls the operations of users. */
  readonly ada: Person;
  readonly ofAda: Somebody;
  /** Whom admins act on. */
  readonly bob: Person;
  readonly ofBob: Somebody;
  /** Whose data is erased. */
  readonly carol: Person;
  /** Logs in with the password. */
  readonly local: LocalUser & { readonly password: string };
  /** Has no password yet. */
  readonly newcomer: LocalUser;
  /** Headers with an API key of Ada that has the scope `stats:read` alone. */
  readonly narrowKey: Headers;
  readonly eventId: string;
  readonly redriveId: string;
  readonly reconcileRunId: string;
  /** A reconcile run that waits for an approval. */
  readonly waitingRunId: string;
  readonly collisionIds: readonly string[];
  readonly importIds: ImportIds;
  /** Makes an open reservation of Ada. */
  reserve(): Promise<string>;
  /** Waits until no reconcile run is queued or running: a second one is a conflict. */
  runsEnded(): Promise<void>;
}

/** Makes the people and records. */
export async function makeWorld(stack: Stack): Promise<World> {
  const people = new People(stack);
  const admin = async (method: string, path: string, body?: object) =>
    people.call(method, { path, ...(body && { body }) }, await people.asAdmin());
  const apiUrl = `http://127.0.0.1:${stack.gatehouse.ports.emulator}`;
  const emulator = (command: 'pause' | 'resume') => fetch(`${apiUrl}/emulator/${command}`, { method: 'POST' });
  const secretKey = stack.gatehouse.environments['clerk-emulator'].CLERK_SECRET_KEY ?? '';
  const clerk = createClerkClient({ secretKey, apiUrl });
  const createLocal = async (): Promise<LocalUser> => {
    const email = `${randomUUID()}@example.com`;
    const { user, passwordToken } = await admin('POST', '/admin/users', { email });
    return { id: user.id, email, token: passwordToken.token };
  };

  const [ada, bob, carol] = [await people.person('Ada'), await people.person('Bob'), await people.person('Carol')];
  const [ofAda, ofBob] = [await people.furnish(ada, 'of Ada'), await people.furnish(bob, 'of Bob')];
  const local = await createLocal();
  const password = { path: '/auth/password', body: { token: local.token, password: PASSWORD } };
  await people.call('POST', password, {});
  const asAda = await ada.credentials['Clerk session']();
  const narrow = { path: '/api/keys', body: { name: 'narrow', scopes: ['stats:read'] } };
  const { key } = await people.call('POST', narrow, asAda);

  // user-sync ignores an event of another instance of Clerk, so that it can be redriven.
  const webhookId = `msg_${randomUUID()}`;
  await stack.deliver(webhookId, JSON.stringify({ ...clerkPayload('user.created'), instance_id: 'ins_other' }));
  await stack.settled(webhookId);
  const { id: eventId } = await admin('GET', `/admin/webhook-events/${webhookId}`);
  const { redriveId } = await admin('POST', '/admin/webhook-events/redrive', { filter: { ids: [webhookId] } });

  const reconcile = async (end: string): Promise<string> => {
    const { id } = await admin('POST', '/admin/reconcile');
    await eventually(async () => (await admin('GET', `/admin/reconcile/${id}`)).state === end);
    return id;
  };
  const reconcileRunId = await reconcile('done');
  for (const { clerkUserId } of [bob, carol]) {
    await clerk.users.updateUserMetadata(clerkUserId, { publicMetadata: { role: 'member' } });
  }
  const collisions = await eventually(async () => {
    const { items } = await admin('GET', '/admin/metadata-collisions');
    return items.length >= 2 ? (items as { id: string }[]) : null;
  });

  // A user whose deletion no event tells. No deletion is allowed unasked (RECONCILE_MAX_DELETIONS).
  const deleted = await people.person('Dan');
  await emulator('pause');
  await clerk.users.deleteUser(deleted.clerkUserId);
  const waitingRunId = await reconcile('needs_approval');
  await emulator('resume');

  return {
    ...{ people, ada, ofAda, bob, ofBob, carol, eventId, redriveId, reconcileRunId, waitingRunId },
    local: { ...local, password: PASSWORD },
    newcomer: await createLocal(),
    importIds: await makeImports(people),
    narrowKey: { 'x-api-key': key },
    collisionIds: (collisions ?? []).map(({ id }) => id),
    runsEnded: async () => {
      await eventually(async () => {
        const { items } = await admin('GET', '/admin/reconcile');
        return (items as { state: string }[]).every(({ state }) => !['queued', 'running'].includes(state));
      });
    },
    reserve: async () =>
      (await people.call('POST', { path: '/api/tokens/reservations', body: { amount: 5 } }, asAda)).id,
  };
}
