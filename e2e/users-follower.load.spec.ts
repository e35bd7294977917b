import { setTimeout as sleep } from 'node:timers/promises';
import { FollowerDrill } from './drills/follower-drill';

const USERS = 60;
const ROUNDS = 12;
const CHANGES = 15;

let drill: FollowerDrill;

beforeAll(async () => {
  drill = await FollowerDrill.start();
  await drill.create(USERS);
  drill.follower.start();
}, 180_000);

afterAll(() => drill?.stop(), 60_000);

const random = (below: number) => Math.floor(Math.random() * below);

/** One change at Clerk, as a webhook brings it. */
async function change(): Promise<void> {
  const index = random(drill.users.length);
  const kind = random(10);
  if (kind === 0) return drill.remove(index);
  if (kind === 1) return drill.create();
  if (kind === 2) return drill.ban(index);
  return drill.rename(index);
}

/** What goes wrong while changes go on. */
const faults: Record<string, () => Promise<void>> = {
  'follower killed': async () => {
    await drill.follower.kill();
    await sleep(random(1_000));
    drill.follower.start();
  },
  'feed dropped': async () => drill.proxy.break(),
  'connection cut': async () => {
    await drill.proxy.cut();
    await sleep(random(3_000));
    await drill.proxy.reopen();
  },
  'stream lost': () => drill.loseStream(),
  'stream restored': async () => {
    const backup = await drill.backUpStream();
    await Promise.all([change(), change(), change()]);
    await sleep(random(1_000));
    await drill.restoreStream(backup);
  },
};

it('a service that follows users ends equal to the users table, whatever happened, and no version went back', async () => {
  const played: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const names = Object.keys(faults);
    const name = names[random(names.length)] ?? '';
    played.push(name);
    const changes = (async () => {
      for (let n = 0; n < CHANGES; n += 1) await change();
    })();
    await sleep(random(500));
    await Promise.all([faults[name]?.(), changes]);
    if (round % 3 === 2) {
      await drill.converged().catch((error: unknown) => {
        throw new Error(`after ${played.join(', ')}`, { cause: error });
      });
    }
  }
}, 600_000);
