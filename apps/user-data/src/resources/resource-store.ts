import { type IfMatch, type Owner, type ResourcePage, type ResourceView } from '@gatehouse/contracts';
import { effectiveLimit } from '@gatehouse/lifecycle';
import { type Page, RequestRefusedError } from '@gatehouse/messaging';
import { type Transaction } from '@gatehouse/persistence';
import { limitOf } from '../limits/limit-of';
import { newResourceId } from './resource-id';
import { PAGE_BYTES, type ResourceStatement, ResourceStatements } from './resource-statements';
import { type ResourceTable, sortColumn } from '../database/resource-tables/resource-table';
import { type SignedCursors } from './signed-cursors';

interface Row {
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface ListedRow extends Row {
  readonly id: string;
  readonly sortKey: Date | string;
  /** Only of a kind with large rows. */
  readonly found?: number;
  readonly bytes?: unknown;
  readonly before?: unknown;
}

type Given = Readonly<Record<string, unknown>>;

/** The rows of one kind of resource. Every call runs in a transaction of the owner. */
export class ResourceStore<View extends ResourceView> {
  private readonly statements: ResourceStatements;
  private readonly fields: readonly string[];

  constructor(
    private readonly table: ResourceTable<View>,
    private readonly cursors: SignedCursors,
  ) {
    this.statements = new ResourceStatements(table);
    this.fields = Object.keys(table.columns);
  }

  /** @throws RequestRefusedError `limit_reached` when the owner has as many rows as its limit */
  async create(transaction: Transaction, owner: Owner, fields: object): Promise<View> {
    const { kind, noun } = this.table.resource;
    const tierLimit = effectiveLimit(owner.tier, kind);
    const statement = this.statements.create(owner, newResourceId(), fields as Given, tierLimit);
    const [row] = await this.run<Row>(transaction, statement);
    if (row !== undefined) return this.present(row);
    const limit = await limitOf(transaction, owner, kind);
    throw new RequestRefusedError(
      'limit_reached',
      `The limit "${kind}" is reached: ${limit} at most. Delete one ${noun}, or ask for a higher limit.`,
    );
  }

  /** @throws RequestRefusedError `not_found` for what does not exist and for what the owner may not read */
  async get(transaction: Transaction, owner: Owner, id: string): Promise<View> {
    const [row] = await this.run<Row>(transaction, this.statements.get(owner, id));
    if (row === undefined) throw this.notFound();
    return this.present(row);
  }

  /** @throws RequestRefusedError `not_found`, `version_mismatch` */
  async update(
    transaction: Transaction,
    owner: Owner,
    id: string,
    fields: object,
    ifMatch: IfMatch | undefined,
  ): Promise<View> {
    const isEmpty = Object.values(fields).every((value) => value === undefined);
    if (isEmpty) return this.unchanged(transaction, owner, id, ifMatch);
    const [row] = await this.run<Row>(transaction, this.statements.update(owner, id, fields as Given, ifMatch));
    if (row === undefined) throw await this.refusal(transaction, owner, id);
    return this.present(row);
  }

  /** @throws RequestRefusedError `not_found`, `version_mismatch` */
  async delete(
    transaction: Transaction,
    owner: Owner,
    id: string,
    ifMatch: IfMatch | undefined,
  ): Promise<{ readonly id: string; readonly deleted: boolean }> {
    const [row] = await this.run(transaction, this.statements.delete(owner, id, ifMatch));
    if (row === undefined) throw await this.refusal(transaction, owner, id);
    return { id, deleted: true };
  }

  /** @throws RequestRefusedError `invalid_request` for a cursor of another list, owner, filter or sort order */
  async list(transaction: Transaction, owner: Owner, page: ResourcePage): Promise<Page<View>> {
    const { limit, cursor, updatedSince } = page;
    const sort = page.sort ?? (updatedSince === undefined ? '-createdAt' : 'updatedAt');
    const { kind, filterNames } = this.table.resource;
    const filter = filterNames.map((name) => [name, (page as unknown as Given)[name] ?? null] as const);
    const binding = [kind, owner.userId, filter, updatedSince ?? null, sort];
    const statement = this.statements.list({
      owner,
      updatedSince,
      isPublic: filter.some(([name, value]) => name === 'visibility' && value === 'public'),
      filter: Object.fromEntries(filter.filter(([, value]) => value !== null)),
      sort: { column: sortColumn(this.table, sort.replace('-', '')), isDescending: sort.startsWith('-') },
      after: cursor === undefined ? undefined : this.cursors.read(binding, cursor),
      limit: limit + 1,
    });
    const rows = await this.run<ListedRow>(transaction, statement);
    const items = this.fitting(rows.slice(0, limit));
    const last = items.at(-1);
    const hasNext = last !== undefined && (last.found ?? rows.length) > items.length;
    return {
      items: items.map(({ sortKey: _, found: __, bytes: ___, before: ____, ...row }) => this.present(row)),
      nextCursor: hasNext ? this.cursors.sign(binding, [textOf(last.sortKey), last.id]) : null,
    };
  }

  /** The first rows, up to one with which their texts reach the size of a page. */
  private fitting<Listed extends object>(rows: readonly Listed[]): readonly Listed[] {
    let size = 0;
    const end = rows.findIndex((row) => (size += this.sizeOf(row as Given)) >= PAGE_BYTES);
    return end < 0 ? rows : rows.slice(0, end + 1);
  }

  private sizeOf(row: Given): number {
    let size = 0;
    for (const field of this.fields) {
      const value = row[field];
      if (typeof value === 'string') size += value.length;
      else if (typeof value === 'object' && value !== null) size += JSON.stringify(value).length;
    }
    return size;
  }

  /** Answers a change without a field. */
  private async unchanged(
    transaction: Transaction,
    owner: Owner,
    id: string,
    ifMatch: IfMatch | undefined,
  ): Promise<View> {
    const [own] = await this.run<{ version: number }>(transaction, this.statements.version(owner, id));
    if (own === undefined) throw this.notFound();
    if (ifMatch !== undefined && ifMatch !== '*' && !ifMatch.includes(own.version)) throw mismatch(own.version);
    return this.get(transaction, owner, id);
  }

  /** Why no row was changed. */
  private async refusal(transaction: Transaction, owner: Owner, id: string): Promise<RequestRefusedError> {
    const [own] = await this.run<{ version: number }>(transaction, this.statements.version(owner, id));
    return own === undefined ? this.notFound() : mismatch(own.version);
  }

  private notFound(): RequestRefusedError {
    return new RequestRefusedError('not_found', `There is no such ${this.table.resource.noun}.`);
  }

  private run<Found extends object>(transaction: Transaction, { text, values }: ResourceStatement): Promise<Found[]> {
    return transaction.query<Found>(text, values);
  }

  /** The row as its contract shows it: RequestServer checks that. */
  private present<Stored extends Row>(row: Stored): View {
    const { createdAt, updatedAt } = row;
    return { ...row, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() } as unknown as View;
  }
}

function mismatch(version: number): RequestRefusedError {
  return new RequestRefusedError(
    'version_mismatch',
    `If-Match does not hold the current version, which is "${version}".`,
  );
}

function textOf(sortKey: Date | string): string {
  return typeof sortKey === 'string' ? sortKey : sortKey.toISOString();
}
