import { algorithms } from './algorithms';
import { apiKeys } from './api-keys';
import { type AttackTable } from './attack';
import { claims } from './claims';
import { headers } from './headers';
import { ownTokens } from './own-tokens';
import { signatures } from './signatures';
import { tokenKeys } from './token-keys';

/** Attacks with a credential. Every edge of the gateway refuses them alike. */
export const credentialAttacks: readonly AttackTable[] = [
  ...[algorithms, tokenKeys, signatures, claims, headers],
  ...[apiKeys, ownTokens],
];
