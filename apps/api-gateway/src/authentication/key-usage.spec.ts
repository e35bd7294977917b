import { type RequestClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { KeyUsage } from './key-usage';

const silent = createLogger({ service: 'test', level: 'silent' });

describe('KeyUsage', () => {
  it('collects at most 20 000 keys and keeps updating the collected ones', async () => {
    const reported: { readonly keyId: string; readonly at: number }[] = [];
    const send = (async (_: unknown, { uses }: { uses: typeof reported }) => {
      reported.push(...uses);
      return {};
    }) as unknown as RequestClient['send'];
    const usage = new KeyUsage({ send } as RequestClient, silent);
    for (let index = 0; index < 30_000; index++) usage.note(`key ${index}`, 1);
    usage.note('key 0', 2);
    await usage.report();
    expect(reported).toHaveLength(20_000);
    expect(reported[0]).toEqual({ keyId: 'key 0', at: 2 });
    reported.length = 0;
    usage.note('key 29999', 3);
    await usage.report();
    expect(reported).toEqual([{ keyId: 'key 29999', at: 3 }]);
  });
});
