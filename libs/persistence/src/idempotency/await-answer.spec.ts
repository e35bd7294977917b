import { IdempotencyRefusedError } from '../errors';
import { awaitAnswer } from './await-answer';

describe('requests that wait for the answer of another', () => {
  it.each([
    ['of the same user', [11], [1]],
    ['of all users', [10, 10, 10, 10, 10, 2], [0, 0, 0, 0, 0, 2]],
  ])('are refused at once if too many %s wait, and get it when it is there', async (_, requests, tooMany) => {
    let inProgress = true;
    const run = () =>
      inProgress ? Promise.reject(new IdempotencyRefusedError('idempotency_in_progress')) : Promise.resolve('answer');
    const refused = requests.map(() => 0);
    const all = requests.flatMap((count, user) =>
      Array.from({ length: count }, () =>
        awaitAnswer(`user ${user}`, run).catch((error: unknown) => {
          expect(error).toMatchObject({ reason: 'idempotency_in_progress' });
          refused[user]! += 1;
        }),
      ),
    );
    // Those that are refused at once are so in this turn of the event loop. The first pause of the others ends later.
    await new Promise(setImmediate);
    expect(refused).toEqual(tooMany);
    inProgress = false;
    const answers = (await Promise.all(all)).filter((answer) => answer !== undefined);
    expect(answers).toHaveLength(requests.reduce((sum, count) => sum + count) - refused.reduce((sum, n) => sum + n));
    expect(refused).toEqual(tooMany);
  });
});
