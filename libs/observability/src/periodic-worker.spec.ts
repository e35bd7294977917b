import { PeriodicWorker, type WorkerSchedule } from './periodic-worker';

const EVERY_MS = 1_000;

class Counter extends PeriodicWorker {
  runs = 0;
  finish: () => void = () => undefined;

  constructor(schedule: Partial<WorkerSchedule> = {}) {
    super({ everyMs: EVERY_MS, ...schedule });
  }

  protected override run(): Promise<void> {
    this.runs += 1;
    return new Promise((resolve) => {
      this.finish = resolve;
    });
  }
}

describe('a periodic worker', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const tick = () => jest.advanceTimersByTimeAsync(EVERY_MS);

  it('runs at the start and then at each interval', async () => {
    const worker = new Counter();
    worker.onApplicationBootstrap();
    expect(worker.runs).toBe(1);
    worker.finish();
    await tick();
    expect(worker.runs).toBe(2);
    worker.onModuleDestroy();
  });

  it('waits one interval for its first run when it does not run at the start', async () => {
    const worker = new Counter({ atStart: false });
    worker.onApplicationBootstrap();
    expect(worker.runs).toBe(0);
    await tick();
    expect(worker.runs).toBe(1);
    worker.onModuleDestroy();
  });

  it('skips the ticks that come during a run', async () => {
    const worker = new Counter();
    worker.onApplicationBootstrap();
    await tick();
    await tick();
    expect(worker.runs).toBe(1);
    worker.finish();
    await tick();
    expect(worker.runs).toBe(2);
    worker.onModuleDestroy();
  });

  it('begins no run after the shutdown has begun, and waits for the current one', async () => {
    const worker = new Counter();
    worker.onApplicationBootstrap();
    worker.onModuleDestroy();
    let ended = false;
    const end = worker.beforeApplicationShutdown().then(() => (ended = true));
    await tick();
    expect([worker.runs, ended]).toEqual([1, false]);
    worker.finish();
    await end;
    expect([worker.runs, ended]).toEqual([1, true]);
  });
});
