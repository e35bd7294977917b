import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { resolvePrincipal } from '@gatehouse/contracts';
import { createLogger } from '@gatehouse/observability';
import { SecretDirectory, eventually } from '@gatehouse/testing';
import { json } from './clerk-api';
import { clerkUser, newClerkId } from './clerk-events';
import { SyncWorld } from './sync-world';

const [OLD, NEW] = ['sk_test_oldKeyOfOurInstance', 'sk_test_newKeyOfOurInstance'];
let world: SyncWorld;
let secrets: SecretDirectory;
let logged: string;

beforeAll(async () => {
  world = await SyncWorld.start();
});

afterAll(() => world.dispose());

beforeEach(async () => {
  secrets = new SecretDirectory({ CLERK_SECRET_KEY: OLD });
  world.clerk.deletedKeys.clear();
  world.clerk.instances.clear();
  world.clerk.keys.length = 0;
  logged = '';
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged += chunk.toString();
      done();
    },
  });
  const log = createLogger({ service: 'user-sync', level: 'info' }, destination);
  await world.boot(secrets.variables, {}, log);
  // The instance is learnt with the old key.
  await eventually(() => world.clerk.keys.includes(OLD));
});

afterEach(async () => {
  await world.closeApps();
  secrets.dispose();
});

const write = (key: string) => secrets.write({ CLERK_SECRET_KEY: key });
const rejections = () => world.metric('gatehouse_user_sync_secret_rejected{variable="CLERK_SECRET_KEY_FILE"}');

/** The first login of a new user, for which user-sync asks Clerk. */
async function firstLogin(): Promise<string> {
  const user = clerkUser(newClerkId());
  world.clerk.answer(user.id, json(200, user));
  const request = { clerkUserId: user.id, sessionId: `sess_${randomUUID()}` };
  const context = { principal: null, requestId: randomUUID() };
  return (await world.gateway.send(resolvePrincipal, request, context)).clerkUserId ?? '';
}

describe("the rotation of Clerk's secret key", () => {
  it('uses the new key within seconds, without a restart or a failed first login', async () => {
    write(NEW);
    await eventually(async () => {
      expect(await firstLogin()).toMatch(/^user_/);
      return logged.includes('"message":"secret changed"');
    });
    world.clerk.deletedKeys.add(OLD);
    world.clerk.keys.length = 0;

    for (let count = 0; count < 5; count += 1) expect(await firstLogin()).toMatch(/^user_/);
    expect(new Set(world.clerk.keys)).toEqual(new Set([NEW]));
    expect(await rejections()).toBe(0);
    expect(logged).not.toMatch(new RegExp(`${OLD}|${NEW}`));
  });

  it.each([
    ['another instance', 'sk_test_keyOfAStranger', 'names a file with the key of another Clerk instance'],
    ['nobody', 'sk_test_deletedKey', 'names a file with a key that Clerk rejects'],
  ])('keeps the old key when the new one belongs to %s, and says so', async (_whose, key, problem) => {
    world.clerk.instances.set('sk_test_keyOfAStranger', 'ins_Stranger');
    world.clerk.deletedKeys.add('sk_test_deletedKey');
    write(key);
    await eventually(async () => (await rejections()) === 1);

    expect(logged).toContain(`"variable":"CLERK_SECRET_KEY_FILE","problem":"${problem}"`);
    expect(logged).not.toContain(key);
    world.clerk.keys.length = 0;
    expect(await firstLogin()).toMatch(/^user_/);
    expect(new Set(world.clerk.keys)).toEqual(new Set([OLD]));

    write(NEW);
    await eventually(async () => (await rejections()) === 0);
    await firstLogin();
    expect(world.clerk.keys.at(-1)).toBe(NEW);
  });
});
