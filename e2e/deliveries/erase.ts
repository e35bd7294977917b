import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagedProcess, workspaceRoot } from '@gatehouse/local-stack';
import { clerkPayloadText, eventually } from '@gatehouse/testing';
import { stack } from './shared-stack';

/** The user of the payloads, whose data is erased. */
const ada = 'user_3AbCdEfGhIjKlMnOpQrStUvWxY1';
const erased = 'user_3ErasedGhIjKlMnOpQrStUvWxY1';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-erase-'));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the command with the environment of the service, as an operator does. */
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

/** A payload about another user with other addresses. */
function payloadOf(userId: string, name: string): string {
  return clerkPayloadText(name)
    .replaceAll(ada, userId)
    .replaceAll('ada+clerk_test', 'erased')
    .replaceAll('+12015550100', '+12015550177');
}

async function send(name: string): Promise<void> {
  const id = `msg_erase_${name.replaceAll('.', '_')}`;
  expect((await stack.deliver(id, payloadOf(erased, name))).status).toBe(200);
  await eventually(async () => {
    const { rows } = await stack.ledger.query<{ status: string }>(
      'SELECT status FROM webhook_events WHERE webhook_id = $1',
      [id],
    );
    expect(rows).toEqual([{ status: 'success' }]);
  });
}

it('the erase command deletes and reports the data of a deleted user, and changes no other user', async () => {
  expect(await erase()).toMatchObject({ code: 2, output: expect.stringContaining('usage') });
  const other = 'msg_erase_other';
  expect((await stack.deliver(other, clerkPayloadText('user.created'))).status).toBe(200);
  await stack.settled(other);
  await send('user.created');
  const rejected = await erase(erased);
  expect(rejected).toMatchObject({
    code: 1,
    output: expect.stringContaining('the ledger has no user.deleted event for this user'),
  });
  await send('user.deleted');
  const { code, output } = await erase(erased);
  expect(code).toBe(0);
  expect(JSON.parse(output)).toMatchObject({
    clerkUserId: erased,
    events: 2,
    bodies: 2,
    unresolved: 0,
    streamMessages: 2,
    streamClearBy: null,
  });
  const { rows } = await stack.ledger.query<{ webhook_id: string }>(
    `SELECT webhook_id FROM webhook_events e JOIN event_bodies b ON b.event_id = e.id WHERE webhook_id LIKE 'msg_erase%'`,
  );
  expect(rows).toEqual([{ webhook_id: other }]);
});
