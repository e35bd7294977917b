import { EventEmitter } from 'node:events';
import { CredentialRefusedError } from '@gatehouse/auth';
import { type Caller } from '../../caller/caller';
import { Allowed, type Decision, Refused } from '../decision';
import { type OpenStreams } from '../open-streams/open-streams';
import { ProxiedWebSocket, type ProxiedWebSocketParts } from './proxied-websocket';

const revoked = new CredentialRefusedError('api_key_revoked');
const caller = (name: string) => ({ name }) as unknown as Caller;
/** Resolves when a confirmation of the caller has ended. */
const confirmed = () => new Promise(setImmediate);

/** A handshake that waits for its turn, and what becomes of it. */
function begin(now: { trust: number; decision: Decision }) {
  const sent: (readonly string[])[] = [];
  const refused: unknown[] = [];
  let turn: () => void = () => undefined;
  const parts = {
    upgrade: { request: { socket: new EventEmitter() } },
    permit: { caller: caller('ada'), since: { trust: 0, policy: 0 }, confirm: () => now.decision },
    turn: {
      begin: (send: () => void) => (turn = send),
      leave: () => undefined,
      dispatcher: { dispatch: ({ headers }: { readonly headers: readonly string[] }) => sent.push(headers) },
    },
    headers: ['x-role', 'as decided'],
    headersOf: (of: unknown) => ['x-role', (of as { name: string }).name],
    refuse: (error: unknown) => refused.push(error),
  } as unknown as ProxiedWebSocketParts;
  const streams = {
    get version() {
      return { trust: now.trust, policy: 0 };
    },
    open: () => ({}),
    ended: () => true,
  } as unknown as OpenStreams;
  const socket = new ProxiedWebSocket(parts, streams);
  socket.ask();
  return { socket, sent, refused, takeTurn: () => turn() };
}

describe('a handshake that waits for its turn', () => {
  it('is sent as it was decided if nobody was revoked meanwhile', () => {
    const { sent, takeTurn } = begin({ trust: 0, decision: new Refused(revoked) });
    takeTurn();
    expect(sent).toEqual([['x-role', 'as decided']]);
  });

  it.each([
    ['before its turn', false],
    ['after its turn', true],
  ])('is sent with what its caller is by then, if that is confirmed %s', async (_, isLate) => {
    const now = { trust: 0, decision: new Allowed(caller('ada, demoted'), undefined) };
    const { socket, sent, takeTurn } = begin(now);
    now.trust = 1;
    socket.hold();
    if (isLate) takeTurn();
    socket.release();
    if (!isLate) takeTurn();
    await confirmed();
    expect(sent).toEqual([['x-role', 'ada, demoted']]);
  });

  it('is not sent if its caller was revoked meanwhile', async () => {
    const now = { trust: 0, decision: new Refused(revoked) };
    const { sent, refused, takeTurn } = begin(now);
    now.trust = 1;
    takeTurn();
    await confirmed();
    expect([sent, refused]).toEqual([[], [revoked]]);
  });
});
