import { eventually } from '@gatehouse/local-stack';
import { Clerk } from '../demo/clerk';
import { call } from '../demo/http';
import { VerifyError } from './errors';
import { type Report } from './report';
import { type Load, type LoadResult } from './senders';
import { type Stack } from './stack';

const EMAIL = 'asha@example.com';

/** Checks that the stack serves: a webhook is applied, and the gateway knows the user. */
export async function checkServing(stack: Stack, report: Report): Promise<void> {
  const clerk = new Clerk({
    urls: { ...stack.urls, ingest: stack.urls.ingest },
    secretKey: stack.secret('user-sync/CLERK_SECRET_KEY'),
  });
  await report.check('delivers a signed webhook of the emulator', async () => {
    const user = await clerk.api.users.createUser({ emailAddress: [EMAIL], firstName: 'Asha' });
    const delivery = await eventually(async () => {
      const found = await clerk.deliveries(user.id, 'user.created');
      return found[0]?.status === 'delivered' ? found[0] : null;
    });
    return `HTTP ${delivery?.attempts.at(-1)?.status ?? 0}`;
  });
  await report.check('rejects a webhook with a forged signature', async () => {
    const { status } = await call(`${stack.urls.ingest}/webhooks/clerk`, { method: 'POST', body: { forged: true } });
    if (status < 400 || status > 499) throw new VerifyError(`HTTP ${status}`);
    return `HTTP ${status}`;
  });
  await report.check('calls the gateway as that user', async () => {
    const token = await tokenOf(clerk, EMAIL);
    const { status, body } = await call<{ firstName?: string; id?: string }>(`${stack.urls.gateway}/api/me`, { token });
    if (status !== 200) throw new VerifyError(`HTTP ${status}`);
    return `HTTP 200, ${JSON.stringify(body).slice(0, 60)}`;
  });
  await report.check('stores an item of that user in user-data', async () => {
    const token = await tokenOf(clerk, EMAIL);
    const request = { token, method: 'POST', body: { title: 'kept' } };
    const { status } = await call(`${stack.urls.gateway}/api/items`, request);
    if (status !== 201) throw new VerifyError(`HTTP ${status}`);
    const rows = await stack.query('gatehouse_data', 'SELECT title FROM items');
    if (rows.join() !== 'kept') throw new VerifyError(`gatehouse_data holds ${rows.length} items`);
    return `HTTP ${status}`;
  });
  await report.check('makes the first admin by make-admin.js', async () => {
    const program = 'apps/user-sync/src/make-admin.js';
    return (await stack.project.run('exec', '-T', 'user-sync', 'node', program, EMAIL)).trim().split('\n')[0] ?? '';
  });
  await report.check('counts requests in Valkey', async () => {
    const keys = Number((await stack.project.run('exec', '-T', 'valkey', 'valkey-cli', 'dbsize')).trim());
    if (!(keys > 0)) throw new VerifyError('Valkey holds no counter');
    return `${keys} counters`;
  });
}

/** A session token of the user with this e-mail address. */
async function tokenOf(clerk: Clerk, email: string): Promise<string> {
  const { data } = await clerk.api.users.getUserList({ emailAddress: [email] });
  return (await clerk.token(data[0]?.id ?? '')).token;
}

/** Ends a load, and checks that every confirmed delivery is recorded and, within 90 s, applied. @throws VerifyError */
export async function settle(stack: Stack, load: Load, name: string): Promise<LoadResult> {
  const result = await load.end();
  await eventually(
    async () => {
      const sql = `SELECT webhook_id || ' ' || status FROM webhook_events WHERE webhook_id LIKE 'msg_${name}%'`;
      const rows = new Map(
        (await stack.query('gatehouse_ingest', sql)).map((row) => row.split(' ') as [string, string]),
      );
      const lost = result.confirmed.filter((id) => !rows.has(id));
      if (lost.length > 0) throw new VerifyError(`${lost.length} confirmed deliveries are not recorded`);
      const open = [...rows.values()].filter((status) => status !== 'success');
      if (open.length > 0) throw new VerifyError(`${open.length} of ${rows.size} deliveries are ${open[0] ?? ''}`);
      return true;
    },
    { timeoutMs: 90_000, intervalMs: 500 },
  );
  return result;
}
