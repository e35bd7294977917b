import { type RequestClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { KeyUsage } from './key-usage';

const silent = createLogger({ service: 'test', level: 'silent' });

describe('the last uses of keys', () => {
  it('are gathered within a bound, known keys first', async () => {
    const told: { readonly keyId: string; readonly at: number }[] = [];
    const send = (async (_: unknown, { uses }: { uses: typeof told }) => {
      told.push(...uses);
      return {};
    }) as unknown as RequestClient['send'];
    const usage = new KeyUsage({ send }, silent);
    for (let index = 0; index < 30_000; index++) usage.note(`key ${index}`, 1);
    usage.note('key 0', 2);
    await usage.tell();
    expect(told).toHaveLength(20_000);
    expect(told[0]).toEqual({ keyId: 'key 0', at: 2 });
    told.length = 0;
    usage.note('key 29999', 3);
    await usage.tell();
    expect(told).toEqual([{ keyId: 'key 29999', at: 3 }]);
  });
});
