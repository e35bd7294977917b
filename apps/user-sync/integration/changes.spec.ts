import { randomUUID } from 'node:crypto';
import {
  type Principal,
  acknowledgeTrustChanges,
  trustChangesAnnouncement,
  trustChangesSince,
  closeSession,
  deactivateUser,
  getMe,
  issuePasswordToken,
  listGateways,
  resolveLegacySession,
  resolvePrincipal,
  revokeKey,
  setPassword,
  setUserRole,
} from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { connect } from '@nats-io/transport-node';
import { DataSource } from 'typeorm';
import { Pruner } from '../src/retention/pruner';
import { T0, deletion, sessionEvent, userEvent } from './clerk-events';
import { ListeningGateway } from './listening-gateway';
import { type Member, admin, keyOf, localUser, logIn, member, nobody } from './members';
import { SyncWorld } from './sync-world';

let world: SyncWorld;
let boss: Member;
const gateways: ListeningGateway[] = [];

beforeAll(async () => {
  world = await SyncWorld.start();
  // Two replicas, as in production.
  await world.boot();
  await world.boot();
  boss = await admin(world);
});

afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.stop();
});

afterAll(() => world.dispose());

async function gateway(): Promise<ListeningGateway> {
  const started = await new ListeningGateway(world).start();
  gateways.push(started);
  return started;
}

const rows = () => world.query<{ number: string }>('SELECT number FROM changes ORDER BY number');
const counter = async () =>
  Number((await world.query<{ number: string }>('SELECT number FROM change_counter'))[0]?.number);
const since = (number: number) => world.gateway.send(trustChangesSince, { number }, nobody());

describe('trust changes', () => {
  it('have numbers without gaps when two replicas make 50 of them at once', async () => {
    const members = await Promise.all(Array.from({ length: 5 }, () => member(world)));
    const keys = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const holder = members[index % 5] as Member;
        return { holder, ...(await eventually(() => keyOf(world, holder))) };
      }),
    );
    const listening = await gateway();
    const from = await counter();
    // Again if the busy machine has no free connection to the database in time.
    const replies = await Promise.all(
      keys.map(({ id, holder }) => eventually(() => world.gateway.send(revokeKey, { id }, holder.context))),
    );
    await eventually(() => listening.changes.length >= 50);
    const numbers = Array.from({ length: 50 }, (_, index) => from + index + 1);
    expect(listening.changes.map(({ number }) => number)).toEqual(numbers);
    // The answer to a request that was sent again has no propagation.
    const propagations = replies.flatMap(({ propagation }) => propagation ?? []);
    const answered = propagations.map(({ number }) => number);
    expect(new Set(answered).size).toBe(answered.length);
    expect(numbers).toEqual(expect.arrayContaining(answered));
    expect(propagations.map(({ gateways: leases }) => leases)).toEqual(propagations.map(() => 1));
    const settled = propagations.filter(({ acknowledged, expired }) => acknowledged + expired === 1);
    expect(settled.length).toBeGreaterThan(0);
    // user-sync stops waiting after 3.5 s, when the change is in force anyway.
    for (const one of propagations) if (!settled.includes(one)) expect(one.tookMs).toBeGreaterThan(3_000);
    expect(new Set(listening.changes.map((change) => 'keyId' in change && change.keyId)).size).toBe(50);
  });

  it('take no number when their transaction is rolled back', async () => {
    const ada = await member(world);
    const before = await counter();
    const same = { userId: ada.principal.userId, role: 'user' } as const;
    expect(await world.gateway.send(setUserRole, same, boss.context)).toMatchObject({ propagation: null });
    const unknown = { userId: randomUUID(), role: 'developer' } as const;
    await expect(world.gateway.send(setUserRole, unknown, boss.context)).rejects.toThrow();
    expect(await counter()).toBe(before);
  });

  it('are announced by their last number every second, even without new ones', async () => {
    const listening = await gateway();
    const heard = listening.announcements;
    await eventually(() => listening.announcements >= heard + 6);
    expect(listening.gaps).toBe(0);
  });

  it('are shown to admins with the gateways that have acknowledged them', async () => {
    const listening = await gateway();
    const ada = await member(world);
    await world.gateway.send(setUserRole, { userId: ada.principal.userId, role: 'developer' }, boss.context);
    await eventually(async () => {
      const { current, complete, items } = await world.gateway.send(listGateways, {}, boss.context);
      expect([complete, current]).toEqual([true, await counter()]);
      expect(items.find(({ id }) => id === listening.id)).toMatchObject({ live: true, acknowledged: current });
    });
    await expect(world.gateway.send(listGateways, {}, ada.context)).rejects.toMatchObject({ reason: 'forbidden' });
  });

  it('are announced by another replica when their own died after the commit', async () => {
    const listening = await gateway();
    const [made] = await world.query<{ number: string }>(
      `WITH counter AS (UPDATE change_counter SET number = number + 1 RETURNING number)
       INSERT INTO changes (number, kind, reason, user_id, key_id)
       SELECT number, 'api_key', 'revoked', gen_random_uuid(), gen_random_uuid() FROM counter RETURNING number`,
    );
    await eventually(() => listening.number === Number(made?.number));
    expect(listening.gaps).toBe(0);
  });

  it('can be requested from any number on', async () => {
    const ada = await member(world);
    const from = await counter();
    for (const role of ['developer', 'user'] as const) {
      await world.gateway.send(setUserRole, { userId: ada.principal.userId, role }, boss.context);
    }
    const { userId } = ada.principal;
    const change = { kind: 'user', reason: 'role', userId, clerkUserId: ada.user.id, at: expect.any(Number) };
    expect(await since(from)).toMatchObject({
      current: from + 2,
      changes: [
        { ...change, number: from + 1 },
        { ...change, number: from + 2 },
      ],
    });
    expect((await since(from + 1)).changes).toHaveLength(1);
    expect((await since(from + 9)).changes).toEqual([]);
  });

  it('are kept for a day, and the reply shows a gateway that it has missed deleted ones', async () => {
    const ada = await member(world);
    for (const { id } of [await keyOf(world, ada), await keyOf(world, ada)]) {
      await world.gateway.send(revokeKey, { id }, ada.context);
    }
    const old = (await counter()) - 1;
    await world.query("UPDATE changes SET at = now() - interval '25 hours' WHERE number <= $1", [old]);
    await world.apps[0]?.get(Pruner).prune();
    expect((await rows())[0]?.number).toBe(String(old + 1));
    expect(await since(0)).toMatchObject({ floor: old, changes: expect.arrayContaining([]) });
    await world.query("UPDATE changes SET at = now() - interval '25 hours'");
    await world.apps[1]?.get(Pruner).prune();
    const current = await counter();
    expect(await since(2)).toEqual({ epoch: expect.any(String) as string, current, floor: current, changes: [] });
  });
});

/** Again if the busy machine stands still for longer than a lease lasts or a revocation waits. */
const again = (attempt: () => Promise<void>) =>
  eventually(
    async () => {
      try {
        await attempt();
      } finally {
        for (const gateway of gateways.splice(0)) await gateway.stop();
      }
    },
    { timeoutMs: 120_000 },
  );

describe('a revocation', () => {
  it('is answered when three gateways have acknowledged it', async () => {
    const ada = await member(world);
    await again(async () => {
      await Promise.all([gateway(), gateway(), gateway()]);
      for (let count = 0; count < 10; count++) {
        const { id } = await keyOf(world, ada);
        const { propagation } = await world.gateway.send(revokeKey, { id }, ada.context);
        expect(propagation).toMatchObject({ gateways: 3, acknowledged: 3, expired: 0 });
      }
    });
  });

  it('waits for a lost gateway until its lease expires, and reports it as expired', async () => {
    const ada = await member(world);
    await again(async () => {
      const [here, gone] = [await gateway(), await gateway()];
      const { id } = await keyOf(world, ada);
      await gone.vanish();
      const { propagation } = await world.gateway.send(revokeKey, { id }, ada.context);
      expect(propagation).toMatchObject({ gateways: 2, acknowledged: 1, expired: 1 });
      expect(here.changes.at(-1)).toMatchObject({ kind: 'api_key', keyId: id, reason: 'revoked' });
    });
  });

  it('stops waiting for a live gateway that acknowledges nothing', async () => {
    const ada = await member(world);
    await again(async () => {
      const stuck = await gateway();
      stuck.stuck = true;
      const { id } = await keyOf(world, ada);
      const { propagation } = await world.gateway.send(revokeKey, { id }, ada.context);
      expect(propagation).toMatchObject({ gateways: 1, acknowledged: 0, expired: 0 });
      expect(propagation?.tookMs).toBeGreaterThan(3_000);
    });
  });

  it('is answered by a replica that stops only when every gateway has acknowledged it', async () => {
    const listening = await gateway();
    listening.stuck = true;
    // Again if the busy machine takes longer than the replica waits.
    await eventually(
      async () => {
        const ada = await member(world);
        const leaving = await world.boot();
        let closed: Promise<void> | undefined;
        try {
          // So many that each replica gets some.
          const keys = await Promise.all(Array.from({ length: 20 }, () => keyOf(world, ada)));
          const before = await counter();
          const replies = Promise.all(keys.map(({ id }) => world.gateway.send(revokeKey, { id }, ada.context)));
          replies.catch(() => undefined);
          await eventually(async () => (await counter()) === before + keys.length, { timeoutMs: 5_000 });
          closed = leaving.close();
          await eventually(async () => (await world.operations('/readyz')).includes('shutting_down'), {
            timeoutMs: 5_000,
          });
          const acknowledged = { gatewayId: listening.id, number: before + keys.length };
          await world.gateway.send(acknowledgeTrustChanges, acknowledged, nobody());
          for (const { propagation } of await replies) {
            expect(propagation).toMatchObject({ gateways: 1, acknowledged: 1 });
          }
        } finally {
          await (closed ?? leaving.close());
          world.apps.splice(world.apps.indexOf(leaving), 1);
        }
      },
      { timeoutMs: 120_000 },
    );
  });

  it('does not count as acknowledged by a gateway whose number is higher than any that was assigned', async () => {
    // As after a failover that lost the last commits: the gateway's numbers belong to other trust changes.
    const ada = await member(world);
    await again(async () => {
      const ahead = await gateway();
      const { id } = await keyOf(world, ada);
      await ahead.vanish();
      ahead.number += 1_000;
      await ahead.lease();
      const acknowledged = { gatewayId: ahead.id, number: ahead.number };
      await world.gateway.send(acknowledgeTrustChanges, acknowledged, nobody());
      const { propagation } = await world.gateway.send(revokeKey, { id }, ada.context);
      expect(propagation).toMatchObject({ gateways: 1, acknowledged: 0, expired: 1 });
    });
  });

  it('waits after a failover, while a gateway may hold a lease that the new server lacks', async () => {
    await world.query("UPDATE change_counter SET epoch = 'of an earlier server', epoch_since = NULL");
    await eventually(async () => {
      const [noted] = await world.query<{ epoch: string; epoch_since: Date | null }>('SELECT * FROM change_counter');
      expect(noted).toMatchObject({ epoch: (await since(0)).epoch, epoch_since: expect.any(Date) });
    });
    const ada = await member(world);
    // Each attempt is one failover, which ends when the gateway has a lease. Again if the busy machine takes longer than
    // the replica waits.
    await eventually(
      async () => {
        await world.query("UPDATE change_counter SET epoch_since = now() + interval '1 hour'");
        const [{ id }, before] = [await keyOf(world, ada), await counter()];
        const reply = world.gateway.send(revokeKey, { id }, ada.context);
        await eventually(async () => (await counter()) === before + 1);
        const listening = await gateway();
        await world.query("UPDATE change_counter SET epoch_since = now() - interval '1 hour'");
        const { propagation } = await reply;
        await listening.stop();
        expect(propagation).toMatchObject({ gateways: 1, acknowledged: 1, expired: 0 });
      },
      { timeoutMs: 120_000 },
    );
  });

  it('is answered at its time limit when a failover was too recent for that', async () => {
    await world.query("UPDATE change_counter SET epoch_since = now() + interval '1 hour'");
    const ada = await member(world);
    const { id } = await keyOf(world, ada);
    const { propagation } = await world.gateway.send(revokeKey, { id }, ada.context);
    await world.query('UPDATE change_counter SET epoch_since = NULL');
    expect(propagation).toMatchObject({ gateways: 0, acknowledged: 0 });
    expect(propagation?.tookMs).toBeGreaterThan(3_000);
  });

  it('does not wait for a gateway that has released its lease', async () => {
    const leaving = await gateway();
    await leaving.stop();
    const ada = await member(world);
    const { id } = await keyOf(world, ada);
    const { propagation } = await world.gateway.send(revokeKey, { id }, ada.context);
    expect(propagation).toMatchObject({ gateways: 0 });
  });
});

describe("Clerk's events", () => {
  const nextChanges = async (from: number) => (await since(from)).changes;

  it('record one trust change each time a ban or deprovisioning begins or ends, and none otherwise', async () => {
    const ada = await member(world);
    const from = await counter();
    const at = (ms: number, changes: object) =>
      userEvent('user.updated', { ...ada.user, updated_at: T0 + ms, ...changes });
    await world.deliver(at(1, { first_name: 'Grace' }));
    expect(await counter()).toBe(from);
    await world.deliver(at(2, { banned: true }));
    await world.deliver(at(3, { banned: true, last_name: 'Hopper' }));
    await world.deliver(at(4, {}));
    await world.deliver(at(5, { deprovisioned: true }));
    await world.deliver(at(6, { deprovisioned: true, banned: true }));
    await world.deliver(at(7, { locked: true, lockout_expires_in_seconds: 3_600 }));
    await world.deliver(at(8, { locked: false }));
    const { userId } = ada.principal;
    expect(await nextChanges(from)).toMatchObject(
      Array.from({ length: 4 }, () => ({ kind: 'user', reason: 'clerk_ban_or_deprovisioning', userId })),
    );
  });

  it('end the user, its API keys and its legacy sessions at a deletion', async () => {
    const ada = await member(world);
    await keyOf(world, ada);
    const sessionId = randomUUID();
    await world.query(
      `INSERT INTO legacy_sessions (id, user_id, expires_at) VALUES ($1, $2, now() + interval '1 hour')`,
      [sessionId, ada.principal.userId],
    );
    const from = await counter();
    await world.deliver(deletion(ada.user.id));
    await world.deliver(deletion(ada.user.id));
    const { userId } = ada.principal;
    expect(await nextChanges(from)).toMatchObject([
      { kind: 'user', reason: 'deleted', userId, clerkUserId: ada.user.id },
      { kind: 'legacy_session', reason: 'deleted', userId, sessionId },
    ]);
    const { session } = await world.gateway.send(resolveLegacySession, { sessionId, userId }, nobody());
    expect(session).toMatchObject({ closed: true, isActive: false });
  });

  it('record one trust change at the end of a session', async () => {
    const ada = await member(world);
    const sessionId = ada.principal.sessionId ?? '';
    const from = await counter();
    const listening = await gateway();
    for (const type of ['session.ended', 'session.removed', 'session.revoked']) {
      await world.deliver(sessionEvent(type, ada.user.id, { id: sessionId }));
    }
    expect(await nextChanges(from)).toMatchObject([{ kind: 'clerk_session', sessionId, clerkUserId: ada.user.id }]);
    await eventually(() => listening.changes.length === 1);
    const request = { clerkUserId: ada.user.id, sessionId };
    expect(await world.gateway.send(resolvePrincipal, request, nobody())).toMatchObject({ sessionEnded: true });
    const other = { ...request, sessionId: 'sess_other' };
    expect(await world.gateway.send(resolvePrincipal, other, nobody())).toMatchObject({
      sessionEnded: false,
      change: from + 1,
    });
    await world.deliver(sessionEvent('session.created', ada.user.id, { id: 'sess_other' }));
    expect(await counter()).toBe(from + 1);
  });
});

describe('sessions', () => {
  it('are closed at logout, and those of other users stay open', async () => {
    const { email, userId } = await localUser(world, boss);
    const [first, second] = [await logIn(world, email), await logIn(world, email)];
    const principal: Principal = {
      ...{ userId, clerkUserId: null, method: 'legacy_jwt', role: 'user', tier: 'free', scopes: [] },
      sessionId: first.session.id,
    };
    const context = { principal, requestId: randomUUID() };
    expect(await world.gateway.send(closeSession, {}, context)).toMatchObject({ closed: 1 });
    expect(await world.gateway.send(closeSession, {}, context)).toEqual({ closed: 0, propagation: null });
    const look = async (sessionId: string, of = userId) =>
      (await world.gateway.send(resolveLegacySession, { sessionId, userId: of }, nobody())).session;
    expect(await look(first.session.id)).toMatchObject({ closed: true });
    expect(await look(second.session.id)).toMatchObject({ closed: false, expiresAt: second.session.expiresAt });
    expect(await look(second.session.id, boss.principal.userId)).toBeNull();
    await world.gateway.send(deactivateUser, { userId }, boss.context);
    expect(await look(second.session.id)).toMatchObject({ closed: true, isActive: false });
    await expect(world.gateway.send(getMe, {}, context)).rejects.toMatchObject({ reason: 'forbidden' });
  });

  it('of Clerk are no longer trusted after a logout here', async () => {
    const ada = await member(world);
    const sessionId = ada.principal.sessionId ?? '';
    expect(await world.gateway.send(closeSession, {}, ada.context)).toMatchObject({ closed: 0, propagation: {} });
    const request = { clerkUserId: ada.user.id, sessionId };
    expect(await world.gateway.send(resolvePrincipal, request, nobody())).toMatchObject({ sessionEnded: true });
  });
});

describe('a logout of a Clerk session', () => {
  it('stays in force for as long as Clerk can issue tokens for the session, longer than a day', async () => {
    const ada = await member(world);
    await world.gateway.send(closeSession, {}, ada.context);
    await world.query("UPDATE changes SET at = now() - interval '25 hours'");
    await world.apps[0]?.get(Pruner).prune();
    expect(await rows()).toEqual([]);
    const session = { clerkUserId: ada.user.id, sessionId: ada.principal.sessionId ?? '' };
    expect(await world.gateway.send(resolvePrincipal, session, nobody())).toMatchObject({ sessionEnded: true });
    // One trust change per session is enough.
    expect(await world.gateway.send(closeSession, {}, ada.context)).toEqual({ closed: 0, propagation: null });
  });
});

describe('a new password', () => {
  it('is confirmed when no gateway accepts sessions of the old password', async () => {
    const { email, userId } = await localUser(world, boss);
    const { session } = await logIn(world, email);
    const listening = await gateway();
    const { passwordToken } = await world.gateway.send(issuePasswordToken, { userId }, boss.context);
    const request = { token: passwordToken.token, password: 'quite another password' };
    expect(await world.gateway.send(setPassword, request, nobody())).toMatchObject({
      ...{ userId, propagation: { gateways: 1, acknowledged: 1 } },
    });
    expect(listening.changes).toMatchObject([
      { kind: 'legacy_session', sessionId: session.id, reason: 'password_set' },
    ]);
  });
});

describe('announcements', () => {
  it('can be published only by user-sync', async () => {
    const { subject } = trustChangesAnnouncement;
    const asked = world.gatewayConnection.request(subject, '{}', { timeout: 20_000 });
    await expect(asked).rejects.toThrow(/permissions violation/i);
    const ingest = await connect(world.nats.as('webhook-ingest'));
    try {
      await expect(ingest.request(subject, '{}', { timeout: 20_000 })).rejects.toThrow(/permissions violation/i);
      const refused = new Promise<Error | null>((resolve) => {
        ingest.subscribe(subject, { callback: (error) => resolve(error) });
      });
      await ingest.flush();
      expect((await refused)?.message).toMatch(/permissions violation/i);
    } finally {
      await ingest.close();
    }
  });
});

describe('the audit log', () => {
  it.each(['UPDATE audit_log SET action = action', 'DELETE FROM audit_log'])(
    'cannot be changed by the service: %s',
    async (statement) => {
      const dataSource = world.apps[0]?.get(DataSource);
      await expect(dataSource?.query(statement)).rejects.toThrow(/only ever added to/);
    },
  );
});
