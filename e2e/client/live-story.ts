import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClerkClient } from '@clerk/backend';
import { type Gatehouse, createGatehouse } from '@gatehouse/client';
import { type LiveChange, type LiveUpdates, followChanges } from '@gatehouse/client/live';
import { Leash } from '@gatehouse/local-stack';
import { TcpProxy, eventually } from '@gatehouse/testing';
import { type Replica, startReplica } from '../replica';
import { type Stack } from '../stack';

/** How much later bytes arrive through a slow network; milliseconds. */
const SLOW_MS = 150;

/** What a client of live updates has been told. */
class Watcher {
  readonly resets: string[] = [];
  /** The newest version of each resource, with its data. */
  readonly newest = new Map<string, LiveChange>();
  readonly regressions: string[] = [];
  readonly live: LiveUpdates;

  constructor(gatehouse: Gatehouse) {
    this.live = followChanges(gatehouse, {
      onReset: (reason) => void this.resets.push(reason),
      onChange: (change) => this.take(change),
      backoffMs: 50,
    });
  }

  versionOf(kind: LiveChange['kind'], id: string): number {
    return this.newest.get(`${kind} ${id}`)?.version ?? 0;
  }

  private take(change: LiveChange): void {
    const { kind, id, version } = change;
    if (version < this.versionOf(kind, id)) this.regressions.push(`${kind} ${id} ${version}`);
    this.newest.set(`${kind} ${id}`, change);
  }
}

/** Tests of live updates through two gateways, against the stack of a test file. */
export function describeLiveUpdates(stack: () => Stack, clerk: () => ClerkClient): void {
  describe('live updates through two gateways', () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-live-'));
    const leash = Leash.start();
    const proxies: TcpProxy[] = [];
    let first: string;
    let second: Replica;

    beforeAll(async () => {
      first = `http://127.0.0.1:${stack().gatehouse.ports.gateway}`;
      second = await startReplica(stack().gatehouse, 'api-gateway', directory, leash);
    });

    afterAll(async () => {
      await Promise.all(proxies.map((proxy) => proxy.cut()));
      await second?.app.stop();
      await leash.release();
      rmSync(directory, { recursive: true, force: true });
    });

    it('show each change at the other one, and go on there with the newest version of everything when one is killed', async () => {
      const user = await clerk().users.createUser({
        emailAddress: ['two-gateways@example.com'],
        skipPasswordRequirement: true,
      });
      const session = await clerk().sessions.createSession({ userId: user.id });
      const getToken = async () => (await clerk().sessions.getToken(session.id)).jwt;
      const secondUrl = `http://127.0.0.1:${second.port}`;
      // As a load balancer: it leads to the second gateway until that is killed. The other network is slow.
      const balancer = await TcpProxy.start(secondUrl);
      const slow = await TcpProxy.start(first, SLOW_MS);
      proxies.push(balancer, slow);
      const clientAt = (url: string) => createGatehouse({ baseUrl: new URL(url).origin, getToken });
      const [atFirst, atSecond] = [clientAt(first), clientAt(secondUrl)];
      const { data: me } = await atFirst.GET('/api/me');
      const watchers = [new Watcher(clientAt(balancer.url)), new Watcher(clientAt(slow.url))];
      await eventually(() => expect(watchers.map(({ resets }) => resets)).toEqual([['new'], ['new']]));

      const created = [atFirst, atSecond].map((at) => at.POST('/api/items', { body: { title: 'Milk' } }));
      const ids = (await Promise.all(created)).map(({ data }) => data.id);
      await atSecond.POST('/api/tokens/consume', { body: { amount: 5 } });
      for (const watcher of watchers) {
        await eventually(() => expect(ids.map((id) => watcher.versionOf('item', id))).toEqual([1, 1]));
        await eventually(() => expect(watcher.newest.get(`tokens ${me.id}`)?.data).toMatchObject({ used: 5 }));
      }

      await second.app.kill();
      // Before any client comes back, and while they do.
      const change = async (title: string) => {
        for (const id of ids) await atFirst.PATCH('/api/items/{id}', { params: { path: { id } }, body: { title } });
        await atFirst.POST('/api/tokens/consume', { body: { amount: 1 } });
      };
      await change('Bread');
      balancer.leadTo(first);
      slow.break();
      await change('Salt');
      const { data: last } = await atFirst.GET('/api/tokens');
      for (const watcher of watchers) {
        await eventually(() => expect(ids.map((id) => watcher.versionOf('item', id))).toEqual([3, 3]));
        await eventually(() => expect(watcher.versionOf('tokens', me.id)).toBe(last.version));
        expect(watcher.newest.get(`tokens ${me.id}`)?.data).toEqual(last);
        expect(watcher.newest.get(`item ${ids[0]}`)?.data).toMatchObject({ title: 'Salt' });
        // Resumed, not begun anew.
        expect([watcher.resets, watcher.regressions]).toEqual([['new'], []]);
      }
      for (const { live } of watchers) {
        live.stop();
        expect(await live.ended).toEqual({ reason: 'stopped' });
      }
    });
  });
}
