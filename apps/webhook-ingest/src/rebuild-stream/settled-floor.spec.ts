import { SettledFloor, type StreamsSeen } from './settled-floor';

const events = new Date(1_000);
const outcomes = new Date(2_000);
const at = (atMs: number, more: Partial<StreamsSeen> = {}): StreamsSeen => ({
  atMs,
  eventsCreatedAt: events,
  eventsFloor: 10,
  outcomesCreatedAt: outcomes,
  outcomesLast: 10,
  outcomesFloor: 10,
  ...more,
});

let floor: SettledFloor;

beforeEach(() => {
  floor = new SettledFloor(100);
  expect(floor.observe(at(0))).toBe(0);
});

describe('the settled sequence', () => {
  it('is what was acknowledged one grace time ago, once the outcomes up to that time are consumed', () => {
    expect(floor.observe(at(99, { eventsFloor: 20 }))).toBe(0);
    expect(floor.observe(at(100, { eventsFloor: 20 }))).toBe(10);
    expect(floor.observe(at(200, { eventsFloor: 30 }))).toBe(20);
  });

  it('waits without limit for outcomes that are not consumed yet', () => {
    floor = new SettledFloor(100);
    floor.observe(at(0, { outcomesFloor: 3 }));
    expect(floor.observe(at(1_000, { outcomesLast: 99, outcomesFloor: 9 }))).toBe(0);
    expect(floor.observe(at(1_001, { outcomesLast: 99, outcomesFloor: 10 }))).toBe(10);
  });

  it('does not wait for the outcomes of a lost stream', () => {
    floor = new SettledFloor(100);
    floor.observe(at(0, { outcomesFloor: 3 }));
    expect(floor.observe(at(150, { outcomesCreatedAt: undefined, outcomesLast: 0, outcomesFloor: 0 }))).toBe(0);
    expect(floor.observe(at(200, { outcomesCreatedAt: new Date(3_000), outcomesLast: 0, outcomesFloor: 0 }))).toBe(10);
  });

  it('starts again when the event stream was replaced', () => {
    expect(floor.observe(at(200, { eventsCreatedAt: new Date(5_000), eventsFloor: 1 }))).toBe(0);
    expect(floor.observe(at(300, { eventsCreatedAt: new Date(5_000), eventsFloor: 2 }))).toBe(1);
  });
});
