import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagedProcess, clerkPayload, clerkPayloadText, eventually, workspaceRoot } from '@gatehouse/testing';
import { type Stack, startStack } from './stack';

const ada = 'user_3AbCdEfGhIjKlMnOpQrStUvWxY1';

let stack: Stack;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-erase-'));
  stack = await startStack({
    CLERK_INSTANCE_ID: clerkPayload<{ instance_id: string }>('user.created').instance_id,
    LOG_LEVEL: 'warn',
    // The user is not at Clerk: what is written back would find that out, and the user would be gone too soon.
    CLERK_WRITE_BACK: 'off',
  });
}, 120_000);

afterAll(async () => {
  await stack?.stop();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

/** Runs the command in the service's own environment, as an operator does. */
async function erase(...args: string[]): Promise<{ code: number | null; output: string }> {
  const lines: string[] = [];
  const child = await ManagedProcess.start({
    name: 'erase',
    command: process.execPath,
    args: [join(workspaceRoot(), 'dist/apps/webhook-ingest/src/erase.js'), ...args],
    cwd: workspaceRoot(),
    env: stack.gatehouse.environments['webhook-ingest'],
    logFile: join(directory, 'erase.log'),
    onLine: (line) => lines.push(line),
  });
  const { code } = await child.exited;
  return { code, output: lines.join('\n') };
}

async function send(name: string): Promise<void> {
  const id = `msg_erase_${name.replaceAll('.', '_')}`;
  expect((await stack.deliver(id, clerkPayloadText(name))).status).toBe(200);
  await eventually(async () => {
    const { rows } = await stack.ledger.query<{ status: string }>(
      'SELECT status FROM webhook_events WHERE webhook_id = $1',
      [id],
    );
    expect(rows).toEqual([{ status: 'success' }]);
  });
}

it('the command erases what is stored of a deleted user, and says what; of nobody else', async () => {
  expect(await erase()).toMatchObject({ code: 2, output: expect.stringContaining('usage') });
  await send('user.created');
  const refused = await erase(ada);
  expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('Clerk has not deleted this user') });
  await send('user.deleted');
  const { code, output } = await erase(ada);
  expect(code).toBe(0);
  expect(JSON.parse(output)).toMatchObject({
    clerkUserId: ada,
    events: 2,
    bodies: 2,
    unresolved: 0,
    streamMessages: 2,
    streamClearBy: null,
  });
  const { rows } = await stack.ledger.query<{ n: number }>('SELECT count(*)::int AS n FROM event_bodies');
  expect(rows).toEqual([{ n: 0 }]);
});
