import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { ByteBudget } from './byte-budget';
import { BodyRead } from './read-body';

const LIMIT = 100_000;

function reading({ declared, budgetBytes = 1_000_000 }: { declared?: number; budgetBytes?: number } = {}) {
  const request = new IncomingMessage(new Socket());
  if (declared !== undefined) request.headers['content-length'] = String(declared);
  const budget = new ByteBudget(budgetBytes);
  const body = new BodyRead(request, LIMIT, budget);
  return { request, budget, body };
}

describe('a body in chunks of one byte', () => {
  const text = 'ab'.repeat(LIMIT / 2);

  it('is copied, so that no chunk stays in memory', async () => {
    const { request, body } = reading();
    const chunk = Buffer.alloc(1);
    for (const character of text) {
      chunk.write(character);
      request.emit('data', chunk);
    }
    request.emit('end');
    expect((await body.bytes).toString()).toBe(text);
  });

  it('counts what its buffer takes, which is at most twice its length, or 4 KiB', () => {
    const { request, budget, body } = reading();
    const sizes = new Set<number>();
    for (const character of text) {
      request.emit('data', Buffer.from(character));
      sizes.add(budget.bytes);
    }
    expect([...sizes]).toEqual([4_096, 8_192, 16_384, 32_768, 65_536, LIMIT]);
    request.emit('end');
    body.release();
    expect(budget.bytes).toBe(0);
  });
});

it('takes no more than 4 KiB for a large declared length of which little has arrived', () => {
  const { request, budget } = reading({ declared: LIMIT });
  expect(budget.bytes).toBe(0);
  request.emit('data', Buffer.from('a'));
  expect(budget.bytes).toBe(4_096);
});

it('takes exactly the declared length when all of it has arrived', async () => {
  const { request, budget, body } = reading({ declared: 10_000 });
  request.emit('data', Buffer.alloc(3_000, 'a'));
  request.emit('data', Buffer.alloc(7_000, 'b'));
  request.emit('end');
  expect((await body.bytes).toString()).toBe('a'.repeat(3_000) + 'b'.repeat(7_000));
  expect(budget.bytes).toBe(10_000);
});

it('is rejected when its buffer would exceed the budget, and gives back all', async () => {
  const { request, budget, body } = reading({ budgetBytes: 5_000 });
  request.emit('data', Buffer.alloc(4_096));
  request.emit('data', Buffer.alloc(1));
  await expect(body.bytes).rejects.toMatchObject({ rejection: { status: 503, reason: 'overloaded' } });
  expect(budget.bytes).toBe(0);
});
