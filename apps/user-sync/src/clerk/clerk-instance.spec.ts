import { LiveValue } from '@gatehouse/config';
import { createLogger } from '@gatehouse/observability';
import { eventually } from '@gatehouse/testing';
import { Registry } from 'prom-client';
import { ClerkInstance } from './clerk-instance';

const logger = createLogger({ service: 'test', level: 'silent' });

function start(instanceId?: string) {
  const secretKey = new LiveValue('sk_test_first');
  const clerk = { secretKey, ...(instanceId !== undefined && { instanceId }) };
  const directory = {
    asked: 0,
    instanceId: async () => {
      directory.asked += 1;
      return secretKey.current === 'sk_test_first' ? 'ins_First' : 'ins_Second';
    },
  };
  const instance = new ClerkInstance({ clerk }, directory, logger, new Registry());
  instance.onApplicationBootstrap();
  return { instance, secretKey, directory };
}

describe('the Clerk instance', () => {
  it('is learnt from the secret key, and again when the key was replaced', async () => {
    const { instance, secretKey } = start();
    expect(await instance.current()).toBe('ins_First');

    secretKey.set('sk_test_second');
    await eventually(async () => (await instance.current()) === 'ins_Second');
  });

  it('stays the configured one when the key was replaced', async () => {
    const { instance, secretKey, directory } = start('ins_Configured');
    secretKey.set('sk_test_second');
    await eventually(() => directory.asked === 2);
    expect(await instance.current()).toBe('ins_Configured');
  });
});
