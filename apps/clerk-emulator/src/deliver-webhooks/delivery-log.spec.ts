import { EmulatorState } from '../persist-state/emulator-state';
import { type Delivery, type DeliveryStatus } from './delivery';
import { DeliveryLog } from './delivery-log';

const MIB = 1_048_576;

describe('DeliveryLog', () => {
  let log: DeliveryLog;
  let serial = 0;
  const body = 'x'.repeat(MIB);
  const add = (status: DeliveryStatus): Delivery => {
    const delivery = { id: `dlv_${serial++}`, status, body, attempts: [] as Delivery['attempts'] } as Delivery;
    log.add(delivery);
    return delivery;
  };

  beforeEach(() => {
    log = new DeliveryLog({ webhookQueueLimit: 1_000 }, new EmulatorState());
  });

  it('removes the oldest finished deliveries when they exceed the memory limit, and never a pending one', () => {
    const pending = add('pending');
    const [first] = Array.from({ length: 200 }, () => add('delivered'));
    expect(log.list({ limit: 1_000 })).toHaveLength(129);
    expect(log.holds(pending)).toBe(true);
    expect(log.holds(first!)).toBe(false);
  });

  it('is full when pending deliveries reach the memory limit, and has room again after one is delivered', () => {
    const [first] = Array.from({ length: 128 }, () => add('pending'));
    expect(log.isFullFor(body)).toBe(true);
    expect(log.isOverfull).toBe(false);
    log.setStatus(first!, 'delivered', null);
    expect(log.isFullFor(body)).toBe(false);
    expect(log.pendingCount).toBe(127);
  });

  it('includes the response of an endpoint in the memory limit', () => {
    const delivery = add('pending');
    const attempt = { request: { headers: {}, body: null }, response: { headers: {}, body: 'y'.repeat(128 * MIB) } };
    delivery.attempts = [attempt as Delivery['attempts'][number]];
    log.setStatus(delivery, 'delivered', null);
    const other = add('delivered');
    expect(log.list({ limit: 10 })).toEqual([other]);
  });
});
