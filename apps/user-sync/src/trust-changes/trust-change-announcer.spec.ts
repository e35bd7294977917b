import { randomUUID } from 'node:crypto';
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

it('logs each trust change, also those from the moments around a failover', async () => {
  const table: { number: number; at: Date }[] = [];
  let epoch = 'primary';
  const make = (number: number) => table.push({ number, at: new Date() });
  const row = { kind: 'api_key', reason: 'revoked', user_id: randomUUID(), key_id: randomUUID() };
  const query = (_text: string, [after]: [number]) => {
    const later = table.filter(({ number }) => number > after);
    const current = String(table.at(-1)?.number ?? 0);
    const rows =
      later.length === 0 ? [{ number: null }] : later.map((one) => ({ ...row, ...one, number: String(one.number) }));
    return Promise.resolve(rows.map((one) => ({ ...one, current, epoch, floor: '0' })));
  };
  const connection = { publish: () => undefined } as Partial<NatsConnection> as NatsConnection;
  const nats = { connected: true, get: () => connection } as Partial<NatsClient> as NatsClient;
  const dataSource = { manager: { query } as unknown as EntityManager } as DataSource;
  const lines: string[] = [];
  const announcer = new TrustChangeAnnouncer(
    dataSource,
    nats,
    pino({}, { write: (line: string) => void lines.push(line) }),
  );
  const logged = () => lines.map((line) => (JSON.parse(line) as { change: { number: number } }).change.number);
  const HOUR = 3_600_000;

  make(1);
  await jest.advanceTimersByTimeAsync(HOUR);
  await announcer.announce();
  make(2);
  await announcer.announce();
  expect(logged()).toEqual([2]);
  await jest.advanceTimersByTimeAsync(HOUR);
  // The standby lacks number 2, and gives it again before this replica asks.
  table.pop();
  make(2);
  epoch = 'standby';
  await announcer.announce();
  expect(logged()).toEqual([2, 2]);
  make(3);
  await announcer.announce();
  expect(logged()).toEqual([2, 2, 3]);
});
