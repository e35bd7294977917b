import { subscribesTo } from '../keep-endpoints/endpoint';
import { FAULT_KINDS, type FaultKind, type FaultParams, type FaultSide } from './fault-kinds';

/**
 * Conditions that a delivery or request must fulfil for a rule to match it. An empty list or null matches everything.
 */
interface FaultMatch {
  /** Webhooks: event types; `user.*` and `*` are allowed. */
  readonly event_types: readonly string[];
  readonly endpoint_id: string | null;
  /** Webhooks: user of the event. Backend API: user id in the path. */
  readonly user_id: string | null;
  /** Backend API: methods in capitals. */
  readonly methods: readonly string[];
  /** Backend API: a path in which `*` matches any text. */
  readonly path: string | null;
}

/** A rule that injects a fault, as the control API returns it. */
export interface FaultRule<K extends FaultKind = FaultKind> {
  readonly object: 'fault';
  readonly id: string;
  readonly kind: K;
  readonly side: FaultSide;
  readonly enabled: boolean;
  /** Probability, from 0 to 1, that the rule applies to a delivery or request that matches. */
  readonly probability: number;
  /** Maximum number of times the rule applies; null: no limit. */
  readonly count: number | null;
  readonly match: FaultMatch;
  readonly params: FaultParams<K>;
  /**
   * Number of deliveries or requests that matched since the rule was created, or since the seed of the random numbers
   * was last set.
   */
  readonly considered: number;
  /** Number of deliveries or requests to which the rule applied, counted from the same time as `considered`. */
  readonly applied: number;
  readonly created_at: number;
}

/** A delivery or request that rules are matched against. */
export type FaultSubject =
  | { readonly side: 'webhook'; readonly type: string; readonly endpointId: string; readonly userId: string | null }
  | { readonly side: 'backend_api' | 'frontend_api'; readonly method: string; readonly path: string };

/** True when `subject` is on the rule's side and fits its `match`. */
export function ruleMatches(rule: FaultRule, subject: FaultSubject): boolean {
  const { match } = rule;
  if (FAULT_KINDS[rule.kind].side !== subject.side) return false;
  if (subject.side === 'webhook') {
    return (
      subscribesTo(match.event_types, subject.type) &&
      (match.endpoint_id === null || match.endpoint_id === subject.endpointId) &&
      (match.user_id === null || match.user_id === subject.userId)
    );
  }
  return (
    (rule.kind !== 'api_stale_read' || subject.method === 'GET') &&
    (match.methods.length === 0 || match.methods.includes(subject.method)) &&
    (match.user_id === null || subject.path.split('/').includes(match.user_id)) &&
    (match.path === null || pathMatches(match.path, subject.path))
  );
}

/**
 * Whether `path` fits `pattern`, in which `*` matches any text. Uses no regular expression, because some patterns would
 * take exponential time.
 */
function pathMatches(pattern: string, path: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === path;
  if (!path.startsWith(first)) return false;
  let from = first.length;
  const last = rest.pop() ?? '';
  for (const part of rest) {
    const at = path.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return path.length - last.length >= from && path.endsWith(last);
}
