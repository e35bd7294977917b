import { wantsType } from '../keep-endpoints/endpoint';
import { FAULT_KINDS, type FaultKind, type FaultParams } from './fault-kinds';

/** What a rule is narrowed to; an empty list and null narrow nothing. */
export interface FaultMatch {
  /** Webhooks: event types, `user.*` and `*` among them. */
  readonly event_types: readonly string[];
  readonly endpoint_id: string | null;
  /** The user an event or a path is about. */
  readonly user_id: string | null;
  /** Backend API: methods in capitals. */
  readonly methods: readonly string[];
  /** Backend API: a path, in which `*` stands for anything. */
  readonly path: string | null;
}

/** One fault that is to happen, as the control API shows it. */
export interface FaultRule<K extends FaultKind = FaultKind> {
  readonly object: 'fault';
  readonly id: string;
  readonly kind: K;
  readonly side: 'webhook' | 'backend_api';
  readonly enabled: boolean;
  /** Of each delivery or request that matches, from 0 to 1. */
  readonly probability: number;
  /** How often it strikes at most; null is without limit. */
  readonly count: number | null;
  readonly match: FaultMatch;
  readonly params: FaultParams<K>;
  /** Deliveries or requests that matched since the seed was set. */
  readonly considered: number;
  /** How often it has struck since the seed was set. */
  readonly applied: number;
  readonly created_at: number;
}

/** Something that a rule may strike. */
export type FaultSubject =
  | { readonly side: 'webhook'; readonly type: string; readonly endpointId: string; readonly userId: string | null }
  | { readonly side: 'backend_api'; readonly method: string; readonly path: string };

/** True when the rule's side and match take in the subject. */
export function ruleMatches(rule: FaultRule, subject: FaultSubject): boolean {
  const { match } = rule;
  if (FAULT_KINDS[rule.kind].side !== subject.side) return false;
  if (subject.side === 'webhook') {
    return (
      wantsType(match.event_types, subject.type) &&
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

/** Without a regular expression, so that no pattern can make the match slow. */
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
