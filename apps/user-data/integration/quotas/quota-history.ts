import { type Owner, type QuotaKind } from '@gatehouse/contracts';
import fc from 'fast-check';

/** One step of a history. `index` picks a reservation of those that were made; `seconds` and `advance` are in seconds. */
export type QuotaStep =
  | { readonly type: 'consume'; readonly kind: QuotaKind; readonly amount: number }
  | { readonly type: 'reserve'; readonly amount: number; readonly seconds: number }
  | { readonly type: 'commit'; readonly index: number; readonly amount: number }
  | { readonly type: 'release'; readonly index: number }
  | { readonly type: 'advance'; readonly seconds: number }
  | { readonly type: 'expire'; readonly most: number }
  | { readonly type: 'tier'; readonly tier: Owner['tier'] }
  | { readonly type: 'grant'; readonly kind: QuotaKind; readonly amount: number }
  | { readonly type: 'limit'; readonly kind: QuotaKind; readonly limit: number | null };

const DAY = 86_400;

/** Amounts around the limit of the tier free, 10 000. */
const amount = fc.oneof(fc.integer({ min: 1, max: 4_000 }), fc.constantFrom(1, 9_999, 10_000, 10_001));
const kind = fc.constantFrom<QuotaKind>('tokens', 'uploads');
const index = fc.nat({ max: 5 });

const step: fc.Arbitrary<QuotaStep> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('consume' as const), kind: fc.constant('tokens' as const), amount }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('consume' as const),
      kind: fc.constant('uploads' as const),
      amount: fc.constant(1),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('reserve' as const), amount, seconds: fc.constantFrom(1, 60, 3_600) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('commit' as const), index, amount: fc.oneof(amount, fc.constant(0)) }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('release' as const), index }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('advance' as const),
      seconds: fc.constantFrom(1, 59, 60, 3_600, DAY, 20 * DAY),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('expire' as const), most: fc.constantFrom(1, 100) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('tier' as const), tier: fc.constantFrom('free', 'pro', 'enterprise') }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('grant' as const), kind, amount }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('limit' as const),
      kind,
      limit: fc.constantFrom(null, null, 0, 5_000, 20_000),
    }),
  },
);

/** Any history of one user's quotas. */
export const quotaHistory = fc.array(step, { minLength: 1, maxLength: 25 });
