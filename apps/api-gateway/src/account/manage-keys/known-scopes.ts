import { type Live } from '@gatehouse/config';
import { type ScopeList, scopes as ownScopes } from '@gatehouse/contracts';
import { RequestInvalidError } from '../../errors';
import { grants } from '../../gate/grants';
import { type Policy } from '../../gate/policy/policy';
import { fieldFault } from '../../problems/field-faults';

const UNKNOWN = 'is not a scope: GET /api/scopes lists them; either side may be *';

const own: ScopeList['items'] = Object.entries(ownScopes).map(([scope, description]) => ({
  ...{ scope, description },
  source: 'gatehouse',
}));

/** The scopes that a new API key can have: those of Gatehouse, and those that the gate policy in use declares. */
export class KnownScopes {
  constructor(private readonly policy: Live<Policy>) {}

  /** Lists the scopes with what each allows. */
  get list(): ScopeList {
    const declared = this.policy.current.scopes.map((scope) => ({
      ...{ scope, source: 'policy' },
      description: 'Use the routes of the gate policy that need it.',
    }));
    return { items: [...own, ...declared] };
  }

  /**
   * Rejects scopes that grant nothing, which nobody would notice before using the key. A wildcard must grant something.
   * @throws RequestInvalidError that names each unknown scope by its index
   */
  require(scopes: readonly string[]): void {
    const known = this.list.items.map(({ scope }) => scope);
    const unknown = [...scopes.entries()].filter(([, scope]) => !known.some((one) => grants([scope], one)));
    if (unknown.length === 0) return;
    throw new RequestInvalidError(unknown.map(([index]) => fieldFault('body', ['scopes', String(index)], UNKNOWN)));
  }
}
