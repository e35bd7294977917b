import { type Callers } from '../callers';
import { getLoad } from '../get-load';
import { type HeldMemory } from '../loaded-server';
import { round } from '../report';
import { type Listening } from './start-peer';
import { SESSION_PATH } from './start-servers';

/** Size of the gateway's token cache; memory may grow until it is full. */
export const FULL_CACHE = 20_000;
/** Maximum number of signed tokens that wait to be sent. */
const PORTION = 1_000;

/** Cost of new tokens for the gateway, and the memory of its token cache. */
export async function measureMemory(
  { server, port }: Listening,
  { makers }: Callers,
  tokens: number,
  connections: number,
) {
  let before: HeldMemory = { heapMiB: NaN, residentMiB: NaN };
  let failed = 0;
  let micros = 0;
  for (let sent = 0; sent < tokens; sent += PORTION) {
    const made = Array.from({ length: PORTION }, (_, index) => makers[(sent + index) % makers.length]?.make() ?? '');
    const headerOf = (number: number) => `Authorization: Bearer ${made[number]}\r\n`;
    const began = server.cpuMicros;
    const load = { port, path: SESSION_PATH, connections, seconds: 60, requests: PORTION, headerOf };
    failed += (await getLoad(load)).failed;
    micros += server.cpuMicros - began;
    if (sent + PORTION === Math.min(tokens, FULL_CACHE)) before = await server.heldMiB();
  }
  const after = await server.heldMiB();
  return {
    cpuMicros: round(micros / tokens),
    failed,
    beforeMiB: round(before.residentMiB),
    afterMiB: round(after.residentMiB),
    heapBeforeMiB: round(before.heapMiB),
    heapAfterMiB: round(after.heapMiB),
  };
}
