import { randomUUID } from 'node:crypto';
import {
  type AuditAction,
  type AuditEntry,
  activateUser,
  approveReconcile,
  approveUserImport,
  beginUserImport,
  auditActions,
  closeSession,
  createKey,
  createUser,
  deactivateUser,
  decideMetadataCollisions,
  deleteUser,
  discardUserImport,
  endAuthSession,
  endAuthSessions,
  exchangePhoneLogin,
  exportAudit,
  getReferral,
  issuePasswordToken,
  listAuthSessions,
  listAudit,
  recordAudit,
  retryWriteBacks,
  revokeKey,
  rotateKey,
  setPassword,
  setStripeCustomer,
  setUserRole,
  setUserTier,
  spendConsoleCode,
  startReconcile,
  syncUser,
  undoReconcile,
  undoUserImport,
  updateMe,
  useReferralCode,
  verifyLogin,
} from '@gatehouse/contracts';
import { type RequestContext } from '@gatehouse/messaging';
import { newClerkId } from './clerk-events';
import { type Member, PASSWORD, admin, keyOf, localUser, member, newSessionId, refusal } from './members';
import { SyncWorld } from './sync-world';

const origin = { sourceIp: '203.0.113.9', userAgent: 'curl/8.7.1', clientRequestId: 'mine' };

let world: SyncWorld;
let boss: Member;

beforeAll(async () => {
  world = await SyncWorld.start();
  await world.boot({ RECONCILE_INTERVAL_MS: '0' });
  boss = await admin(world);
});

afterAll(() => world.dispose());

const list = async (filter: object): Promise<AuditEntry[]> =>
  (await world.gateway.send(listAudit, filter, boss.context)).items;

/** A request context with its own id and client address. */
function asked(by?: Member): RequestContext {
  return { principal: by?.principal ?? null, requestId: randomUUID(), origin };
}

/** A reconcile run in this state. */
async function reconcileRun(state: string): Promise<string> {
  const id = randomUUID();
  await world.query('DELETE FROM reconcile_runs');
  await world.query(`INSERT INTO reconcile_runs (id, state, trigger) VALUES ($1, $2, 'admin')`, [id, state]);
  return id;
}

/** An import of users in this state. */
async function userImport(state: string): Promise<string> {
  const id = randomUUID();
  await world.query(
    `INSERT INTO user_imports (id, state, format, requested_by, approved_at) VALUES ($1, $2, 'csv', $1, now())`,
    [id, state],
  );
  return id;
}

/** Sends an audit entry, as the gateway does. */
const told = (action: AuditAction) => async () => {
  const [ada, context] = [await member(world), asked()];
  const by = { ...context, principal: ada.principal };
  await world.gateway.send(recordAudit, { action, outcome: 'done' }, by);
  return { context, credentialId: ada.principal.sessionId };
};

/**
 * Actions of requests. Actions of the command have no credential; `make-admin.spec.ts` tests them. An import acts long
 * after its approval; `import-undo.spec.ts` tests that.
 */
type LaterAction = `admin_promise.${string}` | 'user_import.apply' | 'user_import.revert';
type RequestedAction = Exclude<AuditAction, LaterAction>;
const requestedActions = auditActions.filter(
  (action): action is RequestedAction =>
    !action.startsWith('admin_promise.') && action !== 'user_import.apply' && action !== 'user_import.revert',
);

/** Causes each action; returns the credential that was used. */
const deeds: Record<RequestedAction, () => Promise<{ context: RequestContext; credentialId: string | null }>> = {
  'key.create': () =>
    byMember((ada, context) => world.gateway.send(createKey, { name: 'ci', scopes: ['*:*'] }, context)),
  'key.rotate': () =>
    byMember(async (ada, context) => world.gateway.send(rotateKey, { id: (await keyOf(world, ada)).id }, context)),
  'key.revoke': () =>
    byBoss(async (ada, context) => world.gateway.send(revokeKey, { id: (await keyOf(world, ada)).id }, context)),
  'referral.use': async () => {
    const { code } = await world.gateway.send(getReferral, {}, boss.context);
    return byMember((ada, context) => world.gateway.send(useReferralCode, { code }, context));
  },
  'login.password': async () => {
    const { email } = await localUser(world, boss);
    return byNobody((context) =>
      world.gateway.send(verifyLogin, { email, password: PASSWORD, sessionTtlMs: 60_000 }, context),
    );
  },
  'login.phone': async () => {
    const token = { id: randomUUID(), clerkUserId: newClerkId(), sessionId: newSessionId(), expiresAt: Date.now() };
    const body = { clerkUserId: newClerkId() };
    const { context } = await byNobody((context) =>
      expect(world.gateway.send(exchangePhoneLogin, { token, body, sessionTtlMs: 60_000 }, context)).rejects.toEqual(
        refusal('identity_mismatch'),
      ),
    );
    return { context, credentialId: token.sessionId };
  },
  logout: () => byMember((ada, context) => world.gateway.send(closeSession, {}, context)),
  'session.list': () =>
    byBoss(({ principal: { userId } }, context) => world.gateway.send(listAuthSessions, { user: userId }, context)),
  'session.end': () =>
    byMember((ada, context) => world.gateway.send(endAuthSession, { id: ada.principal.sessionId ?? '' }, context)),
  'session.end_all': () => byMember((ada, context) => world.gateway.send(endAuthSessions, {}, context)),
  'password.token': async () => {
    const { userId } = await localUser(world, boss);
    return byBoss((ada, context) => world.gateway.send(issuePasswordToken, { userId }, context));
  },
  'password.set': () =>
    byNobody((context) =>
      expect(
        world.gateway.send(setPassword, { token: 'nobody knows it', password: PASSWORD }, context),
      ).rejects.toEqual(refusal('token_invalid')),
    ),
  'profile.update': () => byMember((ada, context) => world.gateway.send(updateMe, { bio: 'I count' }, context)),
  'user.create': () =>
    byBoss((ada, context) => world.gateway.send(createUser, { email: `${randomUUID()}@example.com` }, context)),
  'user.role': () =>
    byBoss(({ principal: { userId } }, context) =>
      world.gateway.send(setUserRole, { userId, role: 'developer' }, context),
    ),
  'user.tier': () =>
    byBoss(({ principal: { userId } }, context) => world.gateway.send(setUserTier, { userId, tier: 'pro' }, context)),
  'user.deactivate': () =>
    byBoss(({ principal: { userId } }, context) => world.gateway.send(deactivateUser, { userId }, context)),
  'user.activate': () =>
    byBoss(async ({ principal: { userId } }, context) => {
      await world.gateway.send(deactivateUser, { userId }, boss.context);
      await world.gateway.send(activateUser, { userId }, context);
    }),
  'user.delete': async () => {
    const { userId } = await localUser(world, boss);
    return byBoss((ada, context) => world.gateway.send(deleteUser, { userId }, context));
  },
  'user.stripe_customer': () =>
    byBoss(({ principal: { userId } }, context) =>
      world.gateway.send(setStripeCustomer, { userId, stripeCustomerId: 'cus_audited' }, context),
    ),
  'user.sync': () =>
    byBoss(({ principal: { userId } }, context) => world.gateway.send(syncUser, { id: userId }, context)),
  'reconcile.start': async () => {
    await reconcileRun('done');
    return byBoss((ada, context) => world.gateway.send(startReconcile, {}, context));
  },
  'reconcile.approve': async () => {
    const id = await reconcileRun('needs_approval');
    return byBoss((ada, context) => world.gateway.send(approveReconcile, { id }, context));
  },
  'reconcile.undo': async () => {
    const id = await reconcileRun('done');
    return byBoss((ada, context) => world.gateway.send(undoReconcile, { id }, context));
  },
  'user_import.upload': () => byBoss((ada, context) => world.gateway.send(beginUserImport, { format: 'csv' }, context)),
  'user_import.approve': async () => {
    const id = await userImport('needs_approval');
    return byBoss((ada, context) => world.gateway.send(approveUserImport, { id }, context));
  },
  'user_import.undo': async () => {
    const id = await userImport('done');
    return byBoss((ada, context) => world.gateway.send(undoUserImport, { id }, context));
  },
  'user_import.discard': async () => {
    const id = await userImport('uploading');
    return byBoss((ada, context) => world.gateway.send(discardUserImport, { id }, context));
  },
  'write_back.retry': () => byBoss((ada, context) => world.gateway.send(retryWriteBacks, {}, context)),
  'metadata_collision.take': () =>
    byBoss((ada, context) => world.gateway.send(decideMetadataCollisions, { ids: ['1'], decision: 'take' }, context)),
  'metadata_collision.leave': () =>
    byBoss((ada, context) =>
      world.gateway.send(decideMetadataCollisions, { filter: { key: 'role' }, decision: 'leave' }, context),
    ),
  'me.export': told('me.export'),
  'events.redrive': told('events.redrive'),
  'payloads.erase': told('payloads.erase'),
  'access.refused': told('access.refused'),
  'console.code': told('console.code'),
  'console.sign_in': () =>
    byBoss((ada, context) =>
      world.gateway.send(spendConsoleCode, { id: randomUUID(), expiresAt: Date.now() + 60_000 }, context),
    ),
  impersonation: async () => {
    const clerkSessionId = newSessionId();
    const entry = { action: 'impersonation', outcome: 'done', subject: newClerkId(), clerkSessionId } as const;
    const { context } = await byNobody((context) => world.gateway.send(recordAudit, entry, context));
    return { context, credentialId: clerkSessionId };
  },
};

type Work = (ada: Member, context: RequestContext) => Promise<unknown>;

async function byMember(work: Work) {
  const ada = await member(world);
  const context = asked(ada);
  await work(ada, context);
  return { context, credentialId: ada.principal.sessionId };
}

async function byBoss(work: Work) {
  const context = asked(boss);
  await work(await member(world), context);
  return { context, credentialId: boss.principal.sessionId };
}

async function byNobody(work: (context: RequestContext) => Promise<unknown>) {
  const context = asked();
  await work(context);
  return { context, credentialId: null };
}

describe('the audit log', () => {
  it.each(requestedActions)('records the credential and the client address of %s', async (action) => {
    const { context, credentialId } = await deeds[action]();
    const entries = (await list({ action })).filter(({ requestId }) => requestId === context.requestId);
    expect(entries).toMatchObject([
      { action, credentialId, ...origin, method: credentialId === null ? null : 'clerk_session' },
    ]);
    if (context.principal !== null) expect(entries[0]?.actorUserId).toBe(context.principal.userId);
  });

  it('has one entry for a list of sessions that the gateway sent several times', async () => {
    const { principal } = await member(world);
    const context = asked(boss);
    const send = () => world.gateway.send(listAuthSessions, { user: principal.userId }, context);
    await Promise.all([send(), send()]);
    await send();
    expect(await list({ userId: principal.userId, action: 'session.list' })).toHaveLength(1);
    await world.gateway.send(listAuthSessions, { user: principal.userId }, asked(boss));
    expect(await list({ userId: principal.userId, action: 'session.list' })).toHaveLength(2);
  });

  it('can be filtered by the credential, a session or an API key', async () => {
    const ada = await member(world);
    const { id: keyId } = await keyOf(world, ada);
    const byKey = { ...ada.principal, method: 'api_key' as const, sessionId: null, scopes: ['*:*'], keyId };
    await world.gateway.send(updateMe, { bio: 'by key' }, { principal: byKey, requestId: 'by key' });
    await world.gateway.send(updateMe, { bio: 'by session' }, ada.context);
    const sessionId = ada.principal.sessionId ?? '';
    const done = (entries: AuditEntry[]) => entries.map(({ action, method }) => [action, method]);
    expect(done(await list({ credentialId: keyId }))).toEqual([['profile.update', 'api_key']]);
    expect(done(await list({ credentialId: sessionId }))).toEqual([
      ['profile.update', 'clerk_session'],
      ['key.create', 'clerk_session'],
    ]);
    expect(await list({ credentialId: sessionId, action: 'key.rotate' })).toEqual([]);
    expect(await list({ credentialId: sessionId, userId: boss.principal.userId })).toEqual([]);
    await expect(list({ credentialId: 'a\u0000' })).rejects.toEqual(refusal('invalid_request'));
  });

  it('finds the entries of a credential by an index', async () => {
    await world.query('SET enable_seqscan = off');
    const plan = await world.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT * FROM audit_log WHERE credential_id = 'sess_1' ORDER BY id DESC LIMIT 51`,
    );
    await world.query('RESET enable_seqscan');
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('audit_log_credential_id_idx');
  });

  it('records an entry of the gateway for the caller, or for a session without a user', async () => {
    const ada = await member(world);
    const refused = { action: 'access.refused', outcome: 'refused', reason: 'role_insufficient' } as const;
    const note = { ...refused, subject: 'GET /admin/users', details: { status: 403 } };
    await world.gateway.send(recordAudit, note, { ...ada.context, origin });
    const by = { actorUserId: ada.principal.userId, method: 'clerk_session', credentialId: ada.principal.sessionId };
    expect(await list({ userId: ada.principal.userId })).toMatchObject([{ ...note, ...origin, ...by }]);
    // The caller comes from the envelope, not from the body.
    const clerkSessionId = newSessionId();
    await world.gateway.send(recordAudit, { ...note, clerkSessionId }, ada.context);
    expect(await list({ credentialId: clerkSessionId })).toEqual([]);
    const odd = { ...note, details: { path: 'a\u0000' } };
    await expect(world.gateway.send(recordAudit, odd, ada.context)).rejects.toEqual(refusal('invalid_request'));
  });

  it('records and lists an action that only a newer gateway knows', async () => {
    const ada = await member(world);
    await world.gateway.send(recordAudit, { action: 'access.of_tomorrow', outcome: 'done' }, ada.context);
    expect(await list({ userId: ada.principal.userId })).toMatchObject([{ action: 'access.of_tomorrow' }]);
    const odd = world.gateway.send(recordAudit, { action: 'Not one', outcome: 'done' }, ada.context);
    await expect(odd).rejects.toEqual(refusal('invalid_request'));
  });

  it('records when an action happened, even when the gateway reports it late', async () => {
    const ada = await member(world);
    const note = { action: 'access.refused', outcome: 'refused' } as const;
    const before = Date.now();
    await world.gateway.send(recordAudit, { ...note, ageMs: 3_600_000 }, ada.context);
    const [entry] = await list({ userId: ada.principal.userId, action: 'access.refused' });
    const at = Date.parse(entry?.at ?? '');
    expect(at).toBeGreaterThan(before - 3_660_000);
    expect(at).toBeLessThan(before - 3_540_000);
    // The database records its own time too.
    expect(Date.parse(entry?.recordedAt ?? '')).toBeGreaterThan(before - 60_000);
    const older = world.gateway.send(recordAudit, { ...note, ageMs: 86_400_001 }, ada.context);
    await expect(older).rejects.toEqual(refusal('invalid_request'));
  });

  it('lists an impersonation under our id of the user, though the gateway recorded only the Clerk id', async () => {
    const ada = await member(world);
    const entry = { action: 'impersonation', outcome: 'done', clerkSessionId: newSessionId() } as const;
    await world.gateway.send(recordAudit, { ...entry, subject: ada.principal.clerkUserId! }, asked());
    const items = await list({ userId: ada.principal.userId, action: 'impersonation' });
    expect(items).toMatchObject([
      { userId: ada.principal.userId, actorUserId: null, subject: ada.principal.clerkUserId },
    ]);
  });

  it('can be listed and filtered only by admins', async () => {
    const ada = await member(world);
    await expect(world.gateway.send(listAudit, {}, ada.context)).rejects.toEqual(refusal('forbidden'));
    await expect(list({ cursor: 'x' })).rejects.toEqual(refusal('invalid_request'));
    for (const since of [
      '0000-01-01T00:00:00Z',
      '2027-01-01T00:00:00+16:00',
      `2027-01-01T00:00:00.${'1'.repeat(120)}Z`,
    ]) {
      await expect(list({ since })).rejects.toEqual(refusal('invalid_request'));
    }
    const ids: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await world.gateway.send(listAudit, { limit: 7, ...(cursor && { cursor }) }, boss.context);
      ids.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    const rows = await world.query<{ id: string }>('SELECT id FROM audit_log ORDER BY id DESC');
    expect(ids).toEqual(rows.map(({ id }) => id));
    expect(await list({ until: '2020-01-01T00:00:00Z' })).toEqual([]);
    expect(await list({ until: '2020-01-01T05:30:00.123456789+05:30' })).toEqual([]);
    const items = await list({ since: new Date(Date.now() - 3_600_000).toISOString(), action: 'user.create' });
    expect(items.length).toBeGreaterThan(0);
    expect(items.every(({ action }) => action === 'user.create')).toBe(true);
  });
});

it("the export of a user's entries hides who else acted, and on whom the user acted", async () => {
  const ada = await member(world);
  await world.gateway.send(updateMe, { bio: 'hello' }, asked(ada));
  await world.gateway.send(setUserTier, { userId: ada.principal.userId, tier: 'pro' }, asked(boss));
  const [first] = (await world.gateway.send(exportAudit, { limit: 1 }, asked(ada))).items;
  const { items, nextCursor } = await world.gateway.send(exportAudit, {}, asked(ada));
  expect(nextCursor).toBeNull();
  expect(items[0]).toEqual(first);
  const { userId } = ada.principal;
  const nobody = { actorUserId: null, method: null, credentialId: null, sourceIp: null, userAgent: null, details: {} };
  expect(items.filter(({ action }) => action === 'user.tier')).toEqual([
    expect.objectContaining({ userId, ...nobody }),
  ]);
  expect(items.filter(({ action }) => action === 'profile.update')).toEqual([
    expect.objectContaining({ userId, actorUserId: userId, ...{ sourceIp: origin.sourceIp } }),
  ]);
  const own = await world.gateway.send(exportAudit, { limit: 200 }, asked(boss));
  expect(own.items.map(({ action }) => action)).toContain('user.tier');
  expect(JSON.stringify(own.items)).not.toContain(userId);
  await expect(world.gateway.send(exportAudit, {}, asked())).rejects.toEqual(refusal('unauthenticated'));
});
