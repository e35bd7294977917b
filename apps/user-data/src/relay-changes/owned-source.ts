import { dataStream, isQuotaKind } from '@gatehouse/contracts';
import { type StreamPage, type StreamRow, type StreamSource } from '@gatehouse/relay';
import { QuotaSource } from './quota-source';
import { type Manager, ResourceSource, deletionOf, refOf } from './resource-source';

/** Beginning of every subject of `GATEHOUSE_DATA`. */
export const SUBJECT_PREFIX = 'data.changed';

/** Beginning of the names of the pages with quotas, which follow those with resources. */
const QUOTAS = 'quotas:';

/** What users own: resources, their tombstones, and quotas. */
export class OwnedSource implements StreamSource {
  readonly stream = dataStream;
  readonly subjectPrefix = SUBJECT_PREFIX;
  readonly outboxes = ['stream_outbox', 'quota_outbox'];
  private readonly resources = new ResourceSource();
  private readonly quotas = new QuotaSource();

  async load(manager: Manager, keys: readonly string[]): Promise<readonly StreamRow[]> {
    const ofQuotas = keys.filter(isQuota);
    const ofResources = keys.filter((key) => !isQuota(key));
    return [
      ...(ofResources.length === 0 ? [] : await this.resources.load(manager, ofResources)),
      ...(ofQuotas.length === 0 ? [] : await this.quotas.load(manager, ofQuotas)),
    ];
  }

  removed(key: string, version: number): StreamRow {
    return deletionOf(refOf(key), version);
  }

  async page(manager: Manager, from: string | undefined, limit: number): Promise<StreamPage> {
    if (from?.startsWith(QUOTAS) !== true) {
      const page = await this.resources.page(manager, from, limit);
      return { rows: page.rows, next: page.next ?? QUOTAS };
    }
    const { rows, next } = await this.quotas.page(manager, from.slice(QUOTAS.length), limit);
    return { rows, ...(next !== undefined && { next: QUOTAS + next }) };
  }
}

function isQuota(key: string): boolean {
  return isQuotaKind(refOf(key).kind);
}
