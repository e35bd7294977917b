import { type EventInput, type EventRow, type EventState, isDead, transition, transitions } from './event-state';

const states = Object.keys(transitions) as EventState[];

const inputs: EventInput[] = [
  { type: 'published' },
  { type: 'rejected' },
  { type: 'ignored' },
  { type: 'succeeded' },
  { type: 'failed', retryable: true, attempt: 0 },
  { type: 'failed', retryable: false, attempt: 0 },
  { type: 'retry-due' },
  { type: 'redriven' },
];

const row = (state: EventState, changes: Partial<EventRow> = {}): EventRow => ({
  state,
  retryCount: 0,
  maxRetries: 8,
  retryScheduled: state === 'failed',
  ...changes,
});

describe('transition', () => {
  it('reaches every state from pending', () => {
    const reached = new Set<EventState>(['pending']);
    for (const state of reached) {
      for (const move of Object.values(transitions[state])) if (move !== 'stay') reached.add(move);
    }
    expect([...reached].sort()).toEqual([...states].sort());
  });

  it('returns a state or a reason for every pair of state and input', () => {
    for (const state of states) {
      for (const input of inputs) {
        const result = transition(row(state), input);
        if (result.to === 'unchanged') expect(result.because).toMatch(/\S/);
        else expect(states).toContain(result.to);
      }
    }
  });

  it.each<EventState>(['success', 'invalid'])('never leaves the final state %s', (state) => {
    for (const input of inputs) expect(transition(row(state), input).to).toBe('unchanged');
  });

  it('leaves the state ignored only by a redrive', () => {
    const leaving = inputs.filter((input) => transition(row('ignored'), input).to !== 'unchanged');
    expect(leaving).toEqual([{ type: 'redriven' }]);
  });

  it('moves pending, processing and failed rows to success after any number of retries', () => {
    for (const state of ['pending', 'processing', 'failed'] as const) {
      expect(transition(row(state, { retryCount: 5 }), { type: 'succeeded' })).toEqual({
        to: 'success',
        retryCount: 5,
        retry: false,
      });
    }
  });

  it('ignores the failure of an older attempt', () => {
    const late = transition(row('processing', { retryCount: 2 }), { type: 'failed', retryable: true, attempt: 1 });
    expect(late.to).toBe('unchanged');
  });

  it('schedules a retry while retries are left and the failure is retryable', () => {
    const fail = (retryCount: number, retryable: boolean) =>
      transition(row('processing', { retryCount }), { type: 'failed', retryable, attempt: retryCount });
    expect(fail(0, true)).toEqual({ to: 'failed', retryCount: 0, retry: true });
    expect(fail(7, true)).toMatchObject({ retry: true });
    expect(fail(8, true)).toEqual({ to: 'failed', retryCount: 8, retry: false });
    expect(fail(0, false)).toMatchObject({ to: 'failed', retry: false });
  });

  it('marks a row as dead after the first attempt and eight retries', () => {
    let current = row('processing');
    let tries = 0;
    for (;;) {
      tries += 1;
      const failed = transition(current, { type: 'failed', retryable: true, attempt: current.retryCount });
      if (failed.to === 'unchanged') throw new Error(failed.because);
      current = row('failed', { retryCount: failed.retryCount, retryScheduled: failed.retry });
      const again = transition(current, { type: 'retry-due' });
      if (again.to === 'unchanged') break;
      current = row(again.to, { retryCount: again.retryCount });
    }
    expect(tries).toBe(9);
    expect(isDead(current)).toBe(true);
    expect(transition(current, { type: 'redriven' })).toEqual({ to: 'pending', retryCount: 0, retry: false });
  });

  it('does not count retries during a shared outage of any length', () => {
    let current = row('processing', { retryCount: 8 });
    for (let outage = 0; outage < 100; outage += 1) {
      const failed = transition(current, { type: 'failed', retryable: true, attempt: 8, sharedOutage: true });
      expect(failed).toEqual({ to: 'failed', retryCount: 8, retry: true });
      const again = transition(row('failed', { retryCount: 8, sharedOutage: true }), { type: 'retry-due' });
      expect(again).toEqual({ to: 'processing', retryCount: 8, retry: false });
      current = row('processing', { retryCount: 8 });
    }
  });
});
