import { randomUUID } from 'node:crypto';
import {
  type UserImport,
  type UserImportFormat,
  type UserImportRow,
  appendToUserImport,
  approveUserImport,
  beginUserImport,
  finishUserImport,
  listUserImportRows,
  showUserImport,
  undoUserImport,
  userImportLimits,
} from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { type Member, admin } from './members';
import { SyncWorld } from './sync-world';

/** A new e-mail address. */
export const newEmail = (): string => `${randomUUID()}@example.com`;

/** A new id in the company's own system. */
export const newExternalId = (): string => `legacy-${randomUUID()}`;

/** The e-mail address of a user of Clerk. */
export function emailOf({ user }: Member): string {
  return (user.email_addresses as { email_address: string }[])[0]?.email_address ?? '';
}

/** Starts user-sync, and makes an admin who imports. */
export async function startImports(): Promise<{ world: SyncWorld; boss: Member; imports: Imports }> {
  const world = await SyncWorld.start();
  try {
    await world.boot();
    const boss = await admin(world);
    return { world, boss, imports: new Imports(world, boss) };
  } catch (error) {
    await world.dispose();
    throw error;
  }
}

/** Imports of one admin, as the gateway sends them. */
export class Imports {
  constructor(
    private readonly world: SyncWorld,
    private readonly admin: Member,
  ) {}

  private get context() {
    return { ...this.admin.context, requestId: randomUUID() };
  }

  /** Uploads a file as a whole. */
  async upload(file: string | Buffer, format: UserImportFormat = 'csv'): Promise<UserImport> {
    const { id } = await this.world.gateway.send(beginUserImport, { format }, this.context);
    const bytes = Buffer.from(file as string);
    for (let offset = 0; offset < bytes.length; offset += userImportLimits.chunkBytes) {
      await this.append(id, offset, bytes.subarray(offset, offset + userImportLimits.chunkBytes), format);
    }
    return this.world.gateway.send(finishUserImport, { id, bytes: bytes.length }, this.context);
  }

  append(id: string, offset: number, part: Buffer, format: UserImportFormat = 'csv'): Promise<UserImport> {
    const content = part.toString('base64');
    return this.world.gateway.send(appendToUserImport, { id, format, offset, content }, this.context);
  }

  /** Uploads a file and waits for its plan. */
  async plan(file: string | Buffer | readonly object[]): Promise<UserImport> {
    const isList = Array.isArray(file);
    const text = isList ? file.map((row) => JSON.stringify(row)).join('\n') : (file as string | Buffer);
    const { id } = await this.upload(text, isList ? 'jsonl' : 'csv');
    return this.reaches(id, ['needs_approval', 'failed']);
  }

  /** Approves a plan and waits until it is applied. */
  async apply(id: string): Promise<UserImport> {
    await this.approve(id);
    return this.reaches(id, ['done']);
  }

  /** Plans a file and applies the plan. */
  async run(file: string | readonly object[]): Promise<UserImport> {
    return this.apply((await this.plan(file)).id);
  }

  approve(id: string): Promise<UserImport> {
    return this.world.gateway.send(approveUserImport, { id }, this.context);
  }

  async undo(id: string): Promise<UserImport> {
    await this.world.gateway.send(undoUserImport, { id }, this.context);
    return this.reaches(id, ['undone']);
  }

  show(id: string): Promise<UserImport> {
    return this.world.gateway.send(showUserImport, { id }, this.context);
  }

  /** All rows of an import. */
  async rows(
    id: string,
    filter: { action?: 'create' | 'conflict' | 'invalid'; user?: string } = {},
  ): Promise<UserImportRow[]> {
    const { items } = await this.world.gateway.send(listUserImportRows, { id, limit: 200, ...filter }, this.context);
    return items;
  }

  /** Actions and reasons of all rows, in order. */
  async reasons(id: string): Promise<string[]> {
    return (await this.rows(id)).map(({ action, reason }) => `${action}: ${reason}`);
  }

  /** The row of the user with an external id. */
  async userWith(externalId: string): Promise<Record<string, unknown>> {
    return (await this.world.query('SELECT * FROM users WHERE external_id = $1', [externalId]))[0] as never;
  }

  /** Trust changes of a user, in order. */
  trustChangesOf(userId: unknown): Promise<{ kind: string; reason: string }[]> {
    return this.world.query('SELECT kind, reason FROM changes WHERE user_id = $1 ORDER BY number', [userId]);
  }

  /** Waits for one of these states. */
  reaches(id: string, states: readonly string[], timeoutMs = 60_000): Promise<UserImport> {
    return eventually(
      async () => {
        const found = await this.show(id);
        return states.includes(found.state) ? found : null;
      },
      { timeoutMs, intervalMs: 50 },
    ) as Promise<UserImport>;
  }
}
