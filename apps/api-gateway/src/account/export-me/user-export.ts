import {
  type RequestContract,
  type RequestOf,
  type UserExport,
  assistantSessions,
  exportAudit,
  exportDataAudit,
  exportIdentifiers,
  exportMovements,
  exportReservations,
  exportWebhookEvents,
  getMe,
  getReferral,
  items,
  listAuthSessions,
  listKeys,
  listUploads,
  showQuotas,
  templates,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Injectable } from '@nestjs/common';
import { type Caller } from '../../caller/caller';

/** Entries of a page. Services end a page early when its texts are large, so that it fits into a message of 2 MiB. */
const PAGE = 200;

type Section = Exclude<keyof UserExport, 'complete'>;
interface Page {
  readonly items: readonly unknown[];
  readonly nextCursor: string | null;
}

/** Returns the caller, or throws if it is not trusted any more. Called before each page. */
export type StillTrusted = () => Caller | Promise<Caller>;

/** Exports everything about a caller as the text of one JSON document. Holds one page in memory at a time. */
@Injectable()
export class UserExporter {
  constructor(private readonly services: RequestClient) {}

  /**
   * Begins an export. Asks every service once, so that an outage is an error and not a document that breaks off. The
   * returned generator throws when a later page cannot be read; the document then lacks its last member, `complete`.
   * @throws RequestRefusedError
   */
  async begin(caller: Caller, stillTrusted: StillTrusted): Promise<AsyncGenerator<string, void, undefined>> {
    const [profile, quotas, events] = await Promise.all([
      this.services.send(getMe, {}, caller),
      this.services.send(showQuotas, {}, caller),
      this.services.send(exportWebhookEvents, { limit: PAGE }, caller),
    ]);
    return this.document({ profile, quotas }, events, stillTrusted);
  }

  private async *document(
    { profile, quotas }: Pick<UserExport, 'profile' | 'quotas'>,
    events: Page,
    stillTrusted: StillTrusted,
  ): AsyncGenerator<string, void, undefined> {
    const one = async <Contract extends RequestContract>(contract: Contract, request: RequestOf<Contract>) =>
      this.services.send(contract, request, await stillTrusted());
    const list = (contract: RequestContract, first?: Page) => (cursor: string | undefined) =>
      cursor === undefined && first !== undefined
        ? Promise.resolve(first)
        : (one(contract, { limit: PAGE, ...(cursor !== undefined && { cursor }) }) as Promise<Page>);

    yield `{${member('exportedAt', new Date().toISOString())},${member('profile', profile)}`;
    const { imports, ...identifiers } = await one(exportIdentifiers, {});
    yield `,${member('identifiers', identifiers)},${member('imports', imports)}`;
    yield* array('authSessions', () => one(listAuthSessions, {}));
    yield* array('apiKeys', list(listKeys));
    yield `,${member('referral', await one(getReferral, {}))},${member('quotas', quotas)}`;
    yield* array('items', list(items.list));
    yield* array('templates', list(templates.list));
    yield* array('assistantSessions', list(assistantSessions.list));
    yield* array('uploads', list(listUploads));
    yield* array('reservations', list(exportReservations));
    yield* array('quotaMovements', list(exportMovements));
    yield* array('auditLog', list(exportAudit));
    yield* array('dataAuditLog', list(exportDataAudit));
    yield* array('webhookEvents', list(exportWebhookEvents, events));
    yield ',"complete":true}\n';
  }
}

function member(name: Section, value: unknown): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

/** Text of a member with all entries of a list, page by page. */
async function* array(
  name: Section,
  read: (cursor: string | undefined) => Promise<Page>,
): AsyncGenerator<string, void, undefined> {
  let separator = `,${JSON.stringify(name)}:[`;
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    const entries = page.items.map((entry) => JSON.stringify(entry)).join(',');
    yield separator + entries;
    separator = entries === '' ? '' : ',';
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  yield ']';
}
