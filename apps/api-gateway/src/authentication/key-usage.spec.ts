import { type RequestClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { KeyUsage } from './key-usage';

const log = createLogger({ service: 'test', level: 'silent' });

describe('KeyUsage', () => {
  it('ends although user-sync does not respond', async () => {
    const asked: unknown[] = [];
    const send = (_contract: unknown, request: unknown) => {
      asked.push(request);
      return new Promise<never>(() => undefined);
    };
    const usage = new KeyUsage({ send } as unknown as RequestClient, log);
    usage.note('key', 1);
    await usage.end();
    expect(asked).toEqual([{ uses: [{ keyId: 'key', at: 1 }] }]);
  });
});
