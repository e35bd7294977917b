/**
 * A process that container-reaper.ts starts with a label as its argument. Waits until its standard input ends. The
 * kernel closes that input when the test run ends, even by SIGKILL. The process then removes the containers with that
 * label. Imports nothing of this workspace, because under Jest Node runs this file uncompiled.
 */
import { createInterface } from 'node:readline';

const calmMs = 3000;
const limitMs = 60_000;
let orderly = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const orders = createInterface({ input: process.stdin });
orders.on('line', () => (orderly = true));
orders.on('close', () => void removeAll(process.argv[2] ?? '').finally(() => process.exit()));

async function removeAll(label: string): Promise<void> {
  process.exitCode = 1;
  const { getContainerRuntimeClient } = await import('testcontainers');
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const started = Date.now();
  let calmSince = started;
  while (Date.now() - started < limitMs) {
    const left = await dockerode.listContainers({ all: true, filters: { label: [label] } });
    await Promise.allSettled(left.map(({ Id }) => dockerode.getContainer(Id).remove({ force: true, v: true })));
    if (left.length > 0) calmSince = Date.now();
    // When the run was interrupted, a worker may start another container after this removal. So this process ends only
    // when it has found no container for `calmMs`.
    if (orderly ? left.length === 0 : Date.now() - calmSince > calmMs) {
      process.exitCode = 0;
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
