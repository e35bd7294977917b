import { type ServerResponse } from 'node:http';
import { CredentialRefusedError } from '@gatehouse/auth';
import { type Exchange } from '@gatehouse/http-edge';
import { type Dispatcher } from 'undici';
import { type Caller } from '../../caller/caller';
import { RequestWithdrawnError, StreamsUnavailableError } from '../../upstream-errors';
import { Allowed, type Decision, Refused } from '../decision';
import { type StreamPermit } from '../open-streams/open-stream';
import { type OpenStreams } from '../open-streams/open-streams';
import { Forward } from './forward';
import { type UpstreamTurn } from './upstream-pool';

const nothing = () => undefined;
const controller = {
  paused: false,
  resume: nothing,
  pause: nothing,
  abort: nothing,
} as unknown as Dispatcher.DispatchController;
const revoked = new CredentialRefusedError('api_key_revoked');
const caller = (name: string) => ({ name }) as unknown as Caller;
/** Resolves when a confirmation of the caller has ended. */
const confirmed = () => new Promise(setImmediate);

/** A request that waits for its turn, and what becomes of it. */
function begin(now: { trust: number; decision: Decision } = { trust: 0, decision: new Allowed(undefined, undefined) }) {
  const written: string[] = [];
  const sent: (readonly string[])[] = [];
  const ended: unknown[] = [];
  const state = { headersSent: false, isComplete: false, isDestroyed: false };
  const response = {
    get headersSent() {
      return state.headersSent;
    },
    writeHead: () => (state.headersSent = true),
    write: (chunk: Buffer) => written.push(chunk.toString()) > 0,
    end: (chunk?: Buffer) => {
      if (chunk !== undefined) written.push(chunk.toString());
      state.isComplete = true;
    },
    destroy: () => (state.isDestroyed = true),
  } as unknown as ServerResponse;
  let turn: () => void = nothing;
  const dispatch = ({ headers }: { readonly headers: readonly string[] }) => sent.push(headers);
  const forward = new Forward(
    { response, request: { complete: true }, end: (chunk?: Buffer) => response.end(chunk) } as unknown as Exchange,
    {
      begin: (send: () => void) => (turn = send),
      becomeStream: nothing,
      dispatcher: { dispatch },
    } as unknown as UpstreamTurn,
    {
      ...{ method: 'GET', path: '/', body: null, timeoutMs: 1_000 },
      headers: ['x-role', 'as decided'],
      headersOf: (of) => ['x-role', String((of as unknown as { name: string }).name)],
    },
    { rateHeaders: undefined, cors: undefined },
    { caller: caller('ada'), since: { trust: 0, policy: 0 }, confirm: () => now.decision } as unknown as StreamPermit,
    {
      get version() {
        return { trust: now.trust, policy: 0 };
      },
      open: () => ({ kind: 'response' }),
      admit: (stream: { kind: string }, kind: string) => (stream.kind = kind),
      ended: () => true,
    } as unknown as OpenStreams,
    (error) => void ended.push(error),
  );
  forward.send();
  return { forward, written, sent, ended, state, takeTurn: () => turn() };
}

describe.each([
  ['without a length', {}],
  ['with a length', { 'content-length': '8' }],
])('a response %s', (_, headers) => {
  it('that ends while it is held keeps every byte', () => {
    const { forward, written, ended, state, takeTurn } = begin();
    takeTurn();
    forward.onRequestStart(controller);
    forward.onResponseStart(controller, 200, headers);
    forward.hold();
    // undici reads on when the upstream resets the connection.
    forward.onResponseData(controller, Buffer.from('half'));
    forward.onResponseData(controller, Buffer.from('half'));
    forward.onResponseEnd(controller, {});
    expect([written, state.isComplete, ended]).toEqual([[], false, []]);
    forward.release();
    expect([written.join(''), state.isComplete, ended]).toEqual(['halfhalf', true, [undefined]]);
  });

  it('whose caller is in doubt when it begins is sent when the caller is confirmed', () => {
    const { forward, written, state, takeTurn } = begin();
    takeTurn();
    forward.onRequestStart(controller);
    forward.hold();
    forward.onResponseStart(controller, 200, headers);
    forward.onResponseData(controller, Buffer.from('allofit!'));
    expect([state.headersSent, written]).toEqual([false, []]);
    forward.release();
    forward.onResponseEnd(controller, {});
    expect([state.headersSent, written, state.isComplete]).toEqual([true, ['allofit!'], true]);
  });
});

it('a caller that is revoked before a byte was sent is told so', () => {
  const { forward, ended, state, takeTurn } = begin();
  takeTurn();
  forward.onRequestStart(controller);
  forward.hold();
  forward.onResponseStart(controller, 200, {});
  forward.close('revoked', revoked);
  expect([state, ended]).toEqual([{ headersSent: false, isComplete: false, isDestroyed: false }, [revoked]]);
});

it.each(['unconfirmed', 'restarting', 'expired'] as const)(
  'a stream of events whose head is held is refused, and not sent as empty, when it is closed as %s',
  (reason) => {
    const { forward, ended, state, takeTurn } = begin();
    takeTurn();
    forward.onRequestStart(controller);
    forward.hold();
    forward.onResponseStart(controller, 200, { 'content-type': 'text/event-stream' });
    forward.close(reason);
    expect(ended).toEqual([expect.any(StreamsUnavailableError)]);
    expect(state).toEqual({ headersSent: false, isComplete: false, isDestroyed: false });
  },
);

it('a caller that is revoked within a response does not take the part as whole', () => {
  const { forward, ended, state, takeTurn } = begin();
  takeTurn();
  forward.onRequestStart(controller);
  forward.onResponseStart(controller, 200, {});
  forward.close('revoked', revoked);
  expect([state, ended]).toEqual([{ headersSent: true, isComplete: false, isDestroyed: true }, [undefined]]);
});

describe('a request that waits for its turn', () => {
  it('is sent as it was decided if nobody was revoked meanwhile', () => {
    const { sent, takeTurn } = begin({ trust: 0, decision: new Refused(revoked) });
    takeTurn();
    expect(sent).toEqual([['x-role', 'as decided']]);
  });

  it('is sent with what its caller is by then', async () => {
    const now = { trust: 0, decision: new Allowed(caller('ada, promoted'), undefined) };
    const { sent, takeTurn } = begin(now);
    now.trust = 1;
    takeTurn();
    await confirmed();
    expect(sent).toEqual([['x-role', 'ada, promoted']]);
  });

  it('is not sent if its caller was revoked meanwhile', async () => {
    const now = { trust: 0, decision: new Refused(revoked) };
    const { sent, ended, takeTurn } = begin(now);
    now.trust = 1;
    takeTurn();
    await confirmed();
    expect([sent, ended]).toEqual([[], [revoked]]);
  });
});

it('a request is refused when trust changes at each of 20 attempts to send it', async () => {
  const now = { trust: 0, decision: new Allowed(caller('ada'), undefined) };
  const { forward, sent, ended, takeTurn } = begin(now);
  takeTurn();
  const attempt = async () => {
    now.trust += 1;
    expect(() => forward.onRequestStart(controller)).toThrow(RequestWithdrawnError);
    await confirmed();
  };
  for (let attempts = 0; attempts < 20; attempts += 1) await attempt();
  expect([sent.length, ended]).toEqual([21, []]);
  await attempt();
  expect([sent.length, ended]).toEqual([21, [expect.objectContaining({ reason: 'unavailable' })]]);
});

describe('a request whose idle connection the upstream closed', () => {
  const closed = Object.assign(new RangeError('closed'), { code: 'ECONNRESET' });

  it.each([
    ['as it was decided if nobody was revoked meanwhile', 0, 'as decided'],
    ['with what its caller is by then', 1, 'ada, demoted'],
  ])('is sent again %s', async (_, trust, role) => {
    const now = { trust: 0, decision: new Allowed(caller('ada, demoted'), undefined) };
    const { forward, sent, ended, takeTurn } = begin(now);
    takeTurn();
    forward.onRequestStart(controller);
    now.trust = trust;
    forward.onResponseError(controller, closed);
    await confirmed();
    expect(sent).toEqual([
      ['x-role', 'as decided'],
      ['x-role', role],
    ]);
    expect(ended).toEqual([]);
  });

  it('is not sent again if its caller was revoked meanwhile', async () => {
    const now = { trust: 0, decision: new Refused(revoked) };
    const { forward, sent, ended, takeTurn } = begin(now);
    takeTurn();
    forward.onRequestStart(controller);
    now.trust = 1;
    forward.onResponseError(controller, closed);
    await confirmed();
    expect([sent, ended]).toEqual([[['x-role', 'as decided']], [revoked]]);
  });
});
