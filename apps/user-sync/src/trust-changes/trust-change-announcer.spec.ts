import { type NatsClient } from '@gatehouse/messaging';
import { type NatsConnection } from '@nats-io/transport-node';
import { pino } from 'pino';
import { type DataSource, type EntityManager } from 'typeorm';
import { TrustChangeAnnouncer } from './trust-change-announcer';

beforeEach(() => jest.useFakeTimers());

afterEach(() => jest.useRealTimers());

it('user-sync announces the current number of trust changes every second, even without new trust changes', async () => {
  const told: unknown[] = [];
  const publish = (_subject: string, text: string) => told.push(JSON.parse(text));
  const connection = { publish } as Partial<NatsConnection> as NatsConnection;
  const nats = { connected: true, get: () => connection } as Partial<NatsClient> as NatsClient;
  const query = () => Promise.resolve([{ current: '7', epoch: '1', floor: '0', number: null }]);
  const dataSource = { manager: { query } as Partial<EntityManager> } as DataSource;
  const announcer = new TrustChangeAnnouncer(dataSource, nats, pino({ level: 'silent' }));
  announcer.onApplicationBootstrap();
  await jest.advanceTimersByTimeAsync(999);
  expect(told).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(4_001);
  expect(told).toEqual(Array.from({ length: 6 }, () => ({ epoch: '1', current: 7, changes: [] })));
  await announcer.beforeApplicationShutdown();
  await jest.advanceTimersByTimeAsync(5_000);
  expect(told).toHaveLength(6);
});
