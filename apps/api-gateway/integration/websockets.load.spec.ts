import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { eventually } from '@gatehouse/testing';
import { type AttackedGateway, startAttackedGateway } from './support/attacked-gateway';
import { policyEnvironment } from './support/forward-auth-edge';

const LIMIT_MS = 300_000;
const PEOPLE = 100;
const EACH = 20;
const ALL = PEOPLE * EACH;
/** Memory of an idle WebSocket in the gateway; more than three times of what was measured. */
const LIMIT_BYTES = 64 * 1_024;

/** What the clients report ten times a second. */
interface Crowd {
  readonly open: number;
  readonly echoed: number;
  readonly closed: readonly (readonly [key: string, code: number])[];
}

let crowd: Worker;
let gateway: AttackedGateway;
let seen: Crowd = { open: 0, echoed: 0, closed: [] };

beforeAll(async () => {
  crowd = new Worker(join(__dirname, 'support/web-socket-crowd.ts'), {
    execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'],
  });
  let url: string | undefined;
  crowd.on('message', (message: { readonly url?: string } & Partial<Crowd>) => {
    url ??= message.url;
    if (message.open !== undefined) seen = message as Crowd;
  });
  await eventually(() => url !== undefined);
  const policy = `
upstreams: { chat: { url: '${url}', audience: chat } }
routes: [{ path: /chat, upstream: chat, access: user }]
`;
  gateway = await startAttackedGateway({ ...policyEnvironment(policy), LOG_LEVEL: 'info' });
}, LIMIT_MS);
afterAll(async () => {
  await crowd?.terminate();
  await gateway?.stop();
}, LIMIT_MS);

/** Memory of this thread, without the clients and the service. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it(
  `${ALL} WebSockets take bounded memory, and a revocation and the end of the lease close exactly theirs`,
  async () => {
    const keys = Array.from({ length: PEOPLE }, () => gateway.key());
    const before = memory();
    crowd.postMessage({
      kind: 'open',
      url: gateway.url,
      keys: Array.from({ length: ALL }, (_, index) => keys[index % PEOPLE]),
    });
    await eventually(() => seen.open === ALL);
    const each = (memory() - before) / ALL;
    process.stdout.write(`${(each / 1_024).toFixed(1)} KiB for each WebSocket\n`);
    expect(each).toBeLessThan(LIMIT_BYTES);

    crowd.postMessage({ kind: 'echo' });
    await eventually(() => seen.echoed === ALL);

    const [revoked = ''] = keys;
    await gateway.revoke(revoked);
    await eventually(() => seen.open === ALL - EACH);
    expect(seen.closed).toEqual(Array.from({ length: EACH }, () => [revoked, 1008]));

    const began = performance.now();
    gateway.changes.leaseless = true;
    await eventually(() => seen.open === 0);
    process.stdout.write(`all closed after ${Math.round(performance.now() - began)} ms without a lease\n`);
    expect(seen.closed.filter(([, code]) => code === 1013)).toHaveLength(ALL - EACH);
    await eventually(async () =>
      /^gatehouse_gateway_gate_streams\{kind="websocket"\} 0$/m.test(await gateway.metrics()),
    );
  },
  LIMIT_MS,
);
