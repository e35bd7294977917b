import { closedPolicy } from './problem-page';

/** Headers of every response of Gatehouse itself, unless its route overrides them. */
export const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': closedPolicy,
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
