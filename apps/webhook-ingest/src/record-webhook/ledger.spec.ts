import { createLogger } from '@gatehouse/observability';
import { eventually } from '@gatehouse/testing';
import { type Delivery, type Recorded } from './delivery';
import { Ledger, ledgerLimits } from './ledger';
import { type InsertDeliveries } from './write-group';

const log = createLogger({ service: 'test', level: 'silent' });
const small = { ...ledgerLimits, writers: 1 };
const NEVER_MS = 600_000;

function delivery(webhookId: string, bytes = 1): Delivery {
  return {
    webhookId,
    sentAt: new Date(0),
    eventType: 'user.created',
    instanceId: null,
    clerkUserId: null,
    occurredAt: null,
    sourceIp: null,
    userAgent: null,
    correlationId: 'c',
    signingSecret: '0123456789ab',
    body: Buffer.alloc(bytes),
  };
}

/** Takes the place of the database, and waits while the test keeps its gate closed. Only the grouping is tested here. */
function gatedInsert() {
  const groups: string[][] = [];
  let open: () => void = () => undefined;
  let gate = Promise.resolve();
  const insert: InsertDeliveries = async (deliveries) => {
    groups.push(deliveries.map(({ webhookId }) => webhookId));
    await gate;
    return new Map(
      deliveries.map(({ webhookId }): [string, Recorded] => [
        webhookId,
        { result: 'recorded', id: webhookId, receivedAt: new Date(0) },
      ]),
    );
  };
  return {
    insert,
    groups,
    close: () => void (gate = new Promise((resolve) => (open = resolve))),
    open: () => open(),
  };
}

const pgError = (code: string) => Object.assign(new Error('database'), { code });
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the ledger', () => {
  it('writes deliveries that arrive during a write as one group', async () => {
    const gated = gatedInsert();
    const ledger = new Ledger(gated.insert, log, () => undefined, small);
    gated.close();
    const first = ledger.record(delivery('a'));
    await turn();
    const rest = ['b', 'c', 'd'].map((id) => ledger.record(delivery(id)));
    gated.open();
    await Promise.all([first, ...rest]);
    expect(gated.groups).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('starts a second writer only when many rows or bytes wait', async () => {
    const gated = gatedInsert();
    const ledger = new Ledger(gated.insert, log, () => undefined, {
      ...ledgerLimits,
      besideRows: 3,
      besideAfterMs: NEVER_MS,
      groupBytes: 100,
    });
    const record = (ids: string[], bytes?: number) => ids.map((id) => ledger.record(delivery(id, bytes)));
    gated.close();
    const few = record(['a']);
    await turn();
    few.push(...record(['b', 'c']));
    await turn();
    expect(gated.groups).toEqual([['a']]);
    few.push(...record(['d']));
    await turn();
    expect(gated.groups).toEqual([['a'], ['b', 'c', 'd']]);
    few.push(...record(['e', 'f', 'g', 'h']));
    await turn();
    // Both writers are active.
    expect(gated.groups).toHaveLength(2);
    gated.open();
    await Promise.all(few);
    expect(gated.groups).toEqual([['a'], ['b', 'c', 'd'], ['e', 'f', 'g', 'h']]);

    gated.close();
    const much = record(['i'], 50);
    await turn();
    much.push(...record(['j'], 100));
    await turn();
    expect(gated.groups.slice(3)).toEqual([['i'], ['j']]);
    gated.open();
    await Promise.all(much);
  });

  it('starts a second writer for a single delivery when the first writer is stuck', async () => {
    const gated = gatedInsert();
    const ledger = new Ledger(gated.insert, log, () => undefined, { ...ledgerLimits, besideAfterMs: 5 });
    gated.close();
    const stuck = ledger.record(delivery('a'));
    await turn();
    const next = ledger.record(delivery('b'));
    await eventually(() => expect(gated.groups).toEqual([['a'], ['b']]));
    gated.open();
    await Promise.all([stuck, next]);
  });

  it('limits a group by rows and by bytes', async () => {
    const gated = gatedInsert();
    const ledger = new Ledger(gated.insert, log, () => undefined, { ...small, groupRows: 2, groupBytes: 10 });
    await Promise.all([
      ...['a', 'b', 'c'].map((id) => ledger.record(delivery(id))),
      ...['d', 'e'].map((id) => ledger.record(delivery(id, 9))),
    ]);
    expect(gated.groups).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('records an id once when it arrives twice at the same time', async () => {
    const gated = gatedInsert();
    const ledger = new Ledger(gated.insert, log, () => undefined, small);
    const results = await Promise.all([ledger.record(delivery('a')), ledger.record(delivery('a'))]);
    expect(results.map(({ result }) => result)).toEqual(['recorded', 'duplicate']);
    expect(gated.groups).toEqual([['a']]);
  });

  it('rejects deliveries while its queue is full, and accepts them again afterwards', async () => {
    const gated = gatedInsert();
    const ledger = new Ledger(gated.insert, log, () => undefined, { ...small, queueRows: 2, queueBytes: 10 });
    gated.close();
    const taken = [ledger.record(delivery('a')), ledger.record(delivery('b'))];
    await expect(ledger.record(delivery('c'))).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    gated.open();
    await Promise.all(taken);
    await expect(ledger.record(delivery('d', 11))).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    await expect(ledger.record(delivery('e', 10))).resolves.toMatchObject({ result: 'recorded' });
  });

  it('writes row by row when a group fails, so that an invalid row does not fail the others', async () => {
    const gated = gatedInsert();
    const insert: InsertDeliveries = async (some) => {
      if (some.some(({ webhookId }) => webhookId === 'odd')) throw pgError('22021');
      return gated.insert(some);
    };
    const ledger = new Ledger(insert, log, () => undefined, small);
    const results = await Promise.allSettled(['a', 'odd', 'b'].map((id) => ledger.record(delivery(id))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it.each(['57014', '08006', '53300', '57P01'])('does not write row by row during an outage (%s)', async (code) => {
    let calls = 0;
    const insert: InsertDeliveries = async () => {
      calls += 1;
      throw pgError(code);
    };
    const ledger = new Ledger(insert, log, () => undefined, small);
    const results = await Promise.allSettled(['a', 'b', 'c'].map((id) => ledger.record(delivery(id))));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(calls).toBe(1);
  });

  it('retries a group after a deadlock', async () => {
    const gated = gatedInsert();
    let calls = 0;
    const insert: InsertDeliveries = async (some) => {
      calls += 1;
      if (calls === 1) throw pgError('40P01');
      return gated.insert(some);
    };
    const ledger = new Ledger(insert, log, () => undefined, small);
    await expect(ledger.record(delivery('a'))).resolves.toMatchObject({ result: 'recorded' });
  });

  it('rejects a delivery that has waited too long, before its sender stops waiting', async () => {
    const gated = gatedInsert();
    const ledger = new Ledger(gated.insert, log, () => undefined, { ...small, maxWaitMs: -1 });
    await expect(ledger.record(delivery('a'))).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    await ledger.idle();
    expect(gated.groups).toEqual([]);
  });
});
