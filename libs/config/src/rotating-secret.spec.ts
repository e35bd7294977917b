import { inspect } from 'node:util';
import { LiveValue } from './live';
import { RotatingSecret } from './rotating-secret';

let live: LiveValue<string>;
let secret: RotatingSecret;

/** Tries values as a server with these passwords would be tried, at most `attempts` times; returns what was tried. */
function logIn(accepted: readonly string[], attempts = 3): string[] {
  const tried: string[] = [];
  while (tried.length < attempts) {
    const value = secret.next;
    tried.push(value);
    if (accepted.includes(value)) {
      secret.accept(value);
      break;
    }
    secret.refuse(value);
  }
  return tried;
}

beforeEach(() => {
  live = new LiveValue('a');
  secret = new RotatingSecret(live);
});

describe('a secret that the server checks', () => {
  it('is the same at each attempt while it never changed', () => {
    expect(logIn([])).toEqual(['a', 'a', 'a']);
    expect([secret.wasAccepted, secret.isRefused]).toEqual([false, true]);
  });

  it('is the new one after a change, and the former one while the server refuses the new one', () => {
    logIn(['a']);
    live.set('b');
    expect(logIn(['a'])).toEqual(['b', 'a']);
    expect(secret.isRefused).toBe(false);
    expect(logIn(['a'])).toEqual(['a']);
    expect(logIn(['b'])).toEqual(['a', 'b']);
    expect(logIn(['b'])).toEqual(['b']);
  });

  it('alternates while the servers of a cluster change one after the other', () => {
    logIn(['a']);
    live.set('b');
    expect(logIn(['b'])).toEqual(['b']);
    expect(logIn(['a'])).toEqual(['b', 'a']);
    expect(logIn(['b'])).toEqual(['a', 'b']);
  });

  it('returns to the last accepted one, not to one that the server never had', () => {
    logIn(['a']);
    live.set('mistake');
    live.set('b');
    expect(logIn(['a'])).toEqual(['b', 'a']);
  });

  it('does not return after a change that forbids it', () => {
    secret = new RotatingSecret(live, () => false);
    logIn(['a']);
    live.set('b');
    expect(logIn(['a'], 2)).toEqual(['b', 'b']);
  });
});

it('a printed rotating secret shows no value', () => {
  live.set('hunter2');
  secret.accept('hunter2');
  live.set('hunter3');
  secret.refuse('hunter3');
  expect(JSON.stringify(secret) + inspect(secret, { depth: null })).not.toContain('hunter');
});
