import { Registry } from 'prom-client';
import { createReadinessGauge } from './readiness-gauge';

describe('the gauge of readiness', () => {
  it('has each check at every scrape: 1 while it passes, 0 while it throws, rejects or hangs', async () => {
    const registry = new Registry();
    let database: () => Promise<void> = () => Promise.resolve();
    const checks = [
      { name: 'database', check: () => database() },
      { name: 'nats', check: () => undefined },
      {
        name: 'clock',
        check: () => {
          throw new Error('the clock is wrong');
        },
      },
      { name: 'streams', check: () => new Promise<void>(() => undefined) },
    ];
    createReadinessGauge(registry, 'gatehouse_test', checks, 20);
    const values = async () =>
      [...(await registry.metrics()).matchAll(/^gatehouse_test_ready\{check="(\w+)"\} (\d)$/gm)].map(
        ([, name, value]) => `${name} ${value}`,
      );

    expect((await values()).sort()).toEqual(['clock 0', 'database 1', 'nats 1', 'streams 0']);
    database = () => Promise.reject(new Error('unavailable'));
    expect(await values()).toContain('database 0');
    database = () => Promise.resolve();
    expect(await values()).toContain('database 1');
  });
});
