import { type ServerResponse } from 'node:http';
import { type Exchange } from '@gatehouse/http-edge';
import { type Dispatcher } from 'undici';
import { type StreamPermit } from '../open-streams/open-stream';
import { type OpenStreams } from '../open-streams/open-streams';
import { Forward } from './forward';
import { type UpstreamTurn } from './upstream-pool';

const nothing = () => undefined;
const controller = { paused: false, resume: nothing, pause: nothing } as unknown as Dispatcher.DispatchController;

it.each([
  ['without a length', {}],
  ['with a length', { 'content-length': '8' }],
])('a response %s that ends while it is held keeps every byte', (_, headers) => {
  const written: string[] = [];
  let [isComplete, hasEnded] = [false, false];
  const response = {
    writeHead: () => undefined,
    write: (chunk: Buffer) => written.push(chunk.toString()) > 0,
    end: (chunk?: Buffer) => {
      if (chunk !== undefined) written.push(chunk.toString());
      isComplete = true;
    },
  } as unknown as ServerResponse;
  const turn = { begin: (send: () => void) => send(), dispatcher: { dispatch: () => true } };
  const forward = new Forward(
    { response, request: { complete: true } } as unknown as Exchange,
    turn as unknown as UpstreamTurn,
    { method: 'GET', path: '/', headers: [], body: null, timeoutMs: 1_000 },
    { rateHeaders: undefined, cors: undefined },
    {} as StreamPermit,
    { open: () => ({ kind: 'response' }), ended: () => true } as unknown as OpenStreams,
    () => void (hasEnded = true),
  );
  forward.send();
  forward.onRequestStart(controller);
  forward.onResponseStart(controller, 200, headers);
  forward.hold();
  // undici reads on when the upstream resets the connection.
  forward.onResponseData(controller, Buffer.from('half'));
  forward.onResponseData(controller, Buffer.from('half'));
  forward.onResponseEnd(controller, {});
  expect([written, isComplete, hasEnded]).toEqual([[], false, false]);
  forward.release();
  expect([written.join(''), isComplete, hasEnded]).toEqual(['halfhalf', true, true]);
});
