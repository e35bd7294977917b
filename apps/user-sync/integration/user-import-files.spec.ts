import { beginUserImport, discardUserImport, userImportLimits } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { Pruner } from '../src/retention/pruner';
import { type Imports, emailOf, newEmail, newExternalId, startImports } from './import-world';
import { type Member, adminContext, memberAtClerk, refusal, userAtClerk } from './members';
import { type SyncWorld } from './sync-world';

let world: SyncWorld;
let boss: Member;
let imports: Imports;

beforeAll(async () => void ({ world, boss, imports } = await startImports()));

afterAll(() => world?.dispose());

describe('a plan', () => {
  it('says for each row of a CSV file what the import does and why, and changes no user', async () => {
    const known = await memberAtClerk(world);
    const [externalId, twin] = [newExternalId(), newExternalId()];
    userAtClerk(world, { external_id: twin });
    const before = await world.query('SELECT * FROM users ORDER BY id');
    const planned = await imports.plan(
      [
        'externalId,clerkUserId,email,emailVerified,tier,role',
        `${externalId},,${newEmail()},true,pro,developer`,
        `${newExternalId()},${known.user.id},,,enterprise,`,
        `,${known.user.id},,,,`,
        `,,${emailOf(known)},true,pro,`,
        `,user_unknown,,,,`,
        `${twin},,${newEmail()},true,,`,
        `,,${newEmail()},false,,`,
        `${newExternalId()},,not an address,true,gold,admin`,
        `${newExternalId()},,,,,`,
        'a,b',
      ].join('\r\n'),
    );
    expect(planned).toMatchObject({
      ...{ state: 'needs_approval', rows: 10, rowsDone: 10, approvedAt: null, undoableUntil: null },
      plan: { create: 1, link: 1, conflict: 5, invalid: 3 },
    });
    const rows = await imports.rows(planned.id);
    expect(rows.map(({ row, line, action, reason }) => [row, line, action, reason])).toEqual([
      [1, 2, 'create', 'new'],
      [2, 3, 'link', 'clerk_user_id'],
      [3, 4, 'conflict', 'repeated'],
      [4, 5, 'conflict', 'repeated'],
      [5, 6, 'conflict', 'clerk_user_unknown'],
      [6, 7, 'conflict', 'clerk_user_unknown'],
      [7, 8, 'invalid', 'fields'],
      [8, 9, 'invalid', 'fields'],
      [9, 10, 'conflict', 'address_missing'],
      [10, 11, 'invalid', 'fields'],
    ]);
    expect(rows[1]).toMatchObject({ userId: known.principal.userId, sets: ['externalId', 'tier'], leaves: [] });
    expect(rows[7]?.errors.map(({ field }) => field)).toEqual(['email', 'role', 'tier']);
    expect(rows[9]?.errors).toEqual([{ field: 'row', message: 'has 2 cells, but the header has 6' }]);
    expect(JSON.stringify(rows)).not.toMatch(/not an address|gold|legacy-/);
    expect(await world.query('SELECT * FROM users ORDER BY id')).toEqual(before);
  });

  it.each([
    ['an empty header', '\n\n', /no header/],
    ['an unknown column', 'externalId,emial\n1,a@b.example', /^Column 2 of the header is not a field of imports\./],
    ['a password', 'externalId,password\n1,hunter2', /never imported/],
    ['a file without a header', 'ada@example.com,1\nbob@example.com,2', /^Column 1 of the header/],
    ['a repeated column', 'email,email\n1,2', /^Column 2 of the header repeats/],
    ['a quote that is not closed', 'externalId,email\n1,"a@b.example\n', /not closed/],
    ['a quote in the wrong place', 'externalId,email\n1,"a"b\n', /^Line 2: a quote is in the wrong place/],
    ['a header alone', 'externalId,email\n', /no rows/],
    ['bytes that are not UTF-8', Buffer.from([0x65, 0xff, 0xfe]), /not UTF-8/],
    ['a row without an end', `externalId,email\n1,"${'x'.repeat(40_000)}`, /longer than 16 KiB/],
  ])('fails as a whole for %s, and names the place but no value', async (_, file, message) => {
    const failed = await imports.plan(file);
    expect(failed).toMatchObject({ state: 'failed', message: expect.stringMatching(message) as string });
    expect(failed.message).not.toMatch(/emial|hunter2|ada@|xxx/);
    await expect(imports.approve(failed.id)).rejects.toEqual(refusal('conflict'));
  });

  it('reads a byte order mark, quoted line breaks and commas, empty cells and lines, and mixed line ends', async () => {
    const [id, email] = [newExternalId(), newEmail()];
    const text = `\ufeff"email",externalId,shopName,city,firstName\r\n\r\n${email},"${id}","Ada ""&"" Co, Ltd",,=HYPERLINK("x")\n\r`;
    const broken = await imports.plan(text);
    expect(broken.state).toBe('failed');
    const done = await imports.run(text.replace('=HYPERLINK("x")', '"=HYPERLINK(""x"")"'));
    expect(done).toMatchObject({ state: 'done', rows: 1, outcomes: { applied: 1 } });
    // Formulas are data here; whoever writes a spreadsheet has to escape them.
    expect(await imports.userWith(id)).toMatchObject({
      ...{ email, email_verified: false, shop_name: 'Ada "&" Co, Ltd', city: null, first_name: '=HYPERLINK("x")' },
      ...{ full_name: '=HYPERLINK("x")', auth_provider: 'local', clerk_user_id: null, role: 'user', is_active: true },
    });
  });

  it('names the faults of each line of JSON', async () => {
    const lines = [
      '{"externalId":"a"',
      '[1]',
      '{"externalId":"a","externalId":"b"}',
      `{"externalId":"${'x'.repeat(20_000)}"}`,
      '{"externalId":"b","password":"hunter2","nested":{"a":1}}',
      '{"externalId":"c","email":"c@example.com","createdAt":"2999-01-01T00:00:00Z"}',
      '{"externalId":"d\\u0000"}',
      '{"emailVerified":true,"externalId":"e"}',
      `{"externalId":"f","email":"${newEmail()}","isActive":"true","tier":null}`,
    ];
    const planned = await imports.upload(Buffer.from(`${lines.join('\n')}\n`), 'jsonl');
    expect(await imports.reaches(planned.id, ['needs_approval'])).toMatchObject({ plan: { invalid: 8, create: 1 } });
    const faults = (await imports.rows(planned.id)).map(({ errors }) => errors.map((e) => `${e.field} ${e.message}`));
    expect(faults.map(([first]) => first)).toEqual([
      'row is not JSON',
      'row is not an object',
      'row repeats a field',
      'row is longer than 16 KiB',
      expect.stringMatching(/^password is never imported/),
      'createdAt is in the future',
      expect.stringMatching(/^externalId has a line break, a control character/),
      'emailVerified has no email',
      undefined,
    ]);
    expect(faults[4]?.[1]).toBe('nested is not a field of imports');
  });

  it('waits for Clerk, and continues when Clerk answers', async () => {
    world.clerk.outage = (_request, response) => void response.writeHead(503).end('{}');
    const { id } = await imports.upload(`externalId,email\n${newExternalId()},${newEmail()}\n`);
    await eventually(async () =>
      expect(await imports.show(id)).toMatchObject({
        state: 'planning',
        message: expect.stringMatching(/^Clerk/) as string,
      }),
    );
    world.clerk.outage = undefined;
    expect(await imports.reaches(id, ['needs_approval'])).toMatchObject({ message: null, plan: { create: 1 } });
  });
});

describe('an upload', () => {
  it('continues at the offset at which it broke off; a repeated part changes nothing', async () => {
    const text = Buffer.from(`externalId,email\n${newExternalId()},${newEmail()}\n`);
    const { id } = await imports.upload(text.subarray(0, 1));
    // The upload above has ended, so nothing may follow.
    await expect(imports.append(id, 1, text)).rejects.toEqual(refusal('conflict'));
    const begun = await world.gateway.send(beginUserImport, { format: 'csv' }, boss.context);
    await imports.append(begun.id, 0, text.subarray(0, 20));
    expect(await imports.append(begun.id, 0, text.subarray(0, 20))).toMatchObject({ bytes: 20 });
    await expect(imports.append(begun.id, 0, text.subarray(1, 21))).rejects.toEqual(refusal('conflict'));
    await expect(imports.append(begun.id, 21, text.subarray(21))).rejects.toEqual(refusal('conflict'));
    await expect(imports.append(begun.id, 20, text.subarray(20), 'jsonl')).rejects.toEqual(refusal('conflict'));
    expect(await imports.append(begun.id, 20, text.subarray(20))).toMatchObject({
      bytes: text.length,
      state: 'uploading',
    });
    await world.gateway.send(discardUserImport, { id: begun.id }, boss.context);
    await expect(imports.approve(begun.id)).rejects.toEqual(refusal('conflict'));
  });

  it('is refused to others than admins, and while ten imports are open', async () => {
    await expect(world.gateway.send(beginUserImport, { format: 'csv' }, adminContext('developer'))).rejects.toEqual(
      refusal('forbidden'),
    );
    await world.query(`UPDATE user_imports SET state = 'discarded' WHERE state IN ('uploading', 'needs_approval')`);
    const begin = () => world.gateway.send(beginUserImport, { format: 'csv' }, boss.context);
    const begun = await Promise.allSettled(Array.from({ length: userImportLimits.open + 2 }, begin));
    expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(userImportLimits.open);
    await world.query(`UPDATE user_imports SET state = 'discarded' WHERE state = 'uploading'`);
  });
});

describe('the pruner', () => {
  const prune = () => world.apps[0]?.get(Pruner).prune();
  const age = (id: string, days: number) =>
    world.query(
      `UPDATE user_imports SET updated_at = updated_at - $2 * interval '1 day',
              approved_at = approved_at - $2 * interval '1 day' WHERE id = $1`,
      [id, days],
    );
  /** Number of stored parts of the file, of identifiers, of rows, and of rows that hold personal data. */
  const stored = async (id: string) =>
    Object.values(
      (
        await world.query<Record<string, number>>(
          `SELECT (SELECT count(*)::int FROM user_import_chunks WHERE import_id = $1) AS chunks,
                  (SELECT count(*)::int FROM user_import_keys WHERE import_id = $1) AS keys,
                  (SELECT count(*)::int FROM user_import_rows WHERE import_id = $1) AS rows,
                  (SELECT count(*)::int FROM user_import_rows
                    WHERE import_id = $1 AND (content IS NOT NULL OR changed IS NOT NULL)) AS personal`,
          [id],
        )
      )[0] ?? {},
    );

  it('discards an upload that nobody continues for a day, with its bytes', async () => {
    const begin = () => world.gateway.send(beginUserImport, { format: 'csv' }, boss.context);
    const [old, fresh] = [await begin(), await begin()];
    for (const { id } of [old, fresh]) await imports.append(id, 0, Buffer.from('externalId\n'));
    await age(old.id, 1.1);
    await prune();
    expect([(await imports.show(old.id)).state, await stored(old.id)]).toEqual(['discarded', [0, 0, 0, 0]]);
    expect([(await imports.show(fresh.id)).state, await stored(fresh.id)]).toEqual(['uploading', [1, 0, 0, 0]]);
    await world.gateway.send(discardUserImport, { id: fresh.id }, boss.context);
  });

  it('discards a plan that nobody approves for seven days, and deletes it after 90 more', async () => {
    const { id } = await imports.plan([{ externalId: newExternalId(), email: newEmail() }]);
    await age(id, 6.9);
    await prune();
    expect([(await imports.show(id)).state, await stored(id)]).toEqual(['needs_approval', [0, 2, 1, 1]]);
    await age(id, 0.2);
    await prune();
    expect([(await imports.show(id)).state, await stored(id)]).toEqual(['discarded', [0, 0, 1, 0]]);
    await age(id, 91);
    await prune();
    await expect(imports.show(id)).rejects.toEqual(refusal('not_found'));
  });

  it('deletes the former values of an import when the time to undo it has passed', async () => {
    const { id } = await imports.run([{ externalId: newExternalId(), email: newEmail() }]);
    expect(await stored(id)).toEqual([0, 2, 1, 1]);
    await age(id, 29.9);
    await prune();
    expect(await stored(id)).toEqual([0, 0, 1, 1]);
    await age(id, 0.2);
    await prune();
    expect(await stored(id)).toEqual([0, 0, 1, 0]);
    await expect(imports.undo(id)).rejects.toEqual(refusal('conflict'));
    expect(await imports.rows(id)).toMatchObject([{ outcome: 'applied' }]);
  });
});
