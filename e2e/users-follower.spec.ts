import { FollowerDrill } from './drills/follower-drill';

/*
 * A company's service, as in `examples/users-follower`, against user-sync's relay. After each test, its table equals
 * the users table, and no row has had an older version after a newer one.
 */
let drill: FollowerDrill;

beforeAll(async () => {
  drill = await FollowerDrill.start();
  await drill.create(12);
  drill.follower.start();
});

afterEach(() => drill.converged());
afterAll(() => drill?.stop());

it('has users who are created, changed, banned and deleted at Clerk', async () => {
  await drill.converged();
  await drill.create();
  await drill.rename(1);
  await drill.ban(2);
  await drill.remove(3);
});

it('catches up after it was killed, in the middle of changes', async () => {
  for (let round = 0; round < 3; round += 1) {
    for (let step = 0; step < 4; step += 1) await drill.rename(round + step);
    await drill.follower.kill();
    await drill.remove(round);
    await drill.create();
    drill.follower.start();
  }
});

it('reads what its feed lost while its connection was cut', async () => {
  await drill.proxy.cut();
  for (let index = 0; index < 5; index += 1) await drill.rename(index);
  await drill.remove(5);
  await drill.proxy.reopen();
  drill.proxy.break();
  await drill.create();
});

it('keeps its users while the stream is lost and written anew', async () => {
  const before = (await drill.follower.rows()).map(({ id }) => id);
  await drill.loseStream();
  for (let index = 0; index < 5; index += 1) await drill.rename(index);
  await drill.converged();
  expect((await drill.follower.rows()).map(({ id }) => id)).toEqual(before);
});

it('follows a stream that was restored from a backup, also when it was down meanwhile', async () => {
  const backup = await drill.backUpStream();
  await drill.create(3);
  await drill.remove(0);
  for (let index = 0; index < 5; index += 1) await drill.rename(index);
  await drill.converged();
  await drill.follower.kill();
  await drill.restoreStream(backup);
  drill.follower.start();
  await drill.create();
});

it('survives a nats-server that lost everything', async () => {
  await drill.nats.kill();
  drill.nats.loseStore();
  await drill.rename(0).catch(() => undefined);
  await drill.nats.start();
});
