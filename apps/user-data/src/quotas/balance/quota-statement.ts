import { type EnvelopeClaims, type Owner } from '@gatehouse/contracts';
import { type Acting } from '../../requests/owner-requests';

/** One statement that answers a request about quotas. */
export interface QuotaStatement<Answer> {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Makes the answer of the rows. Throws RequestRefusedError when the statement changed nothing. */
  readonly read: (rows: never[]) => Answer;
}

/** In whose name a statement runs, and who causes it, for the ledger. */
export interface QuotaActing {
  readonly owner: Owner;
  readonly actor: { readonly userId: string; readonly requestId: string };
}

/** In whose name a request runs, and who sent it. */
export function quotaActing({ rid }: Pick<EnvelopeClaims, 'rid'>, { owner, principal }: Acting): QuotaActing {
  return { owner, actor: { userId: principal.userId, requestId: rid } };
}
