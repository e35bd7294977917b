import { Injectable } from '@nestjs/common';
import { seededBytes } from '../clerk/seeded-random';
import { newWebhookSecret } from '../clerk/webhook-secret';
import { type FaultKindOf, type FaultParams } from './fault-kinds';
import { Faults, type Strike } from './faults';

/** A fault in the attempts of one delivery. */
export interface AttemptFault {
  readonly kind: 'stale_timestamp' | 'future_timestamp' | 'wrong_signature' | 'altered_body';
  /** Number of further attempts that the fault applies to; null: all. */
  attempts_left: number | null;
  /** Seconds that are added to the `svix-timestamp` header. */
  readonly offset_seconds?: number;
  /** Secret that signs instead of the endpoint's secrets. */
  readonly secret?: string;
  readonly alteration?: FaultParams<'altered_body'>['alteration'];
  readonly resign?: boolean;
}

/**
 * Faults of one delivery. They are chosen when the event is recorded, so they do not depend on the order of sending.
 */
export interface DeliveryPlan {
  readonly kinds: readonly string[];
  /** Id of the rule that drops the delivery. */
  readonly droppedBy: string | null;
  readonly delayMs: number;
  readonly hold: { readonly by: number; readonly max_wait_ms: number } | null;
  /** Delay of each additional copy, in ms. */
  readonly copies: readonly number[];
  readonly attemptFaults: readonly AttemptFault[];
}

/** Decides which faults apply to deliveries. */
@Injectable()
export class DeliveryFaults {
  constructor(private readonly faults: Faults) {}

  plan(type: string, endpointId: string, userId: string | null): DeliveryPlan {
    const strikes = this.faults.decide({ side: 'webhook', type, endpointId, userId });
    let delayMs = 0;
    let hold: DeliveryPlan['hold'] = null;
    let droppedBy: string | null = null;
    const copies: number[] = [];
    const attemptFaults: AttemptFault[] = [];
    for (const strike of strikes) {
      const { params, id } = strike.rule;
      // The cast is safe, because `decide` returns only rules of the side in its argument, here `webhook`. Every kind
      // of this side needs a case below; without one, the code does not compile.
      const kind = strike.rule.kind as FaultKindOf<'webhook'>;
      switch (kind) {
        case 'drop':
          droppedBy = id;
          break;
        case 'reorder':
          hold = params as FaultParams<'reorder'>;
          break;
        case 'delay':
          delayMs += delayOf(strike, params as FaultParams<'delay'>);
          break;
        case 'duplicate': {
          const { copies: count, delay_ms } = params as FaultParams<'duplicate'>;
          copies.push(...new Array<number>(count).fill(delay_ms));
          break;
        }
        case 'stale_timestamp':
        case 'future_timestamp':
        case 'wrong_signature':
        case 'altered_body':
          attemptFaults.push(this.attemptFault(kind, strike));
          break;
        default:
          kind satisfies never;
      }
    }
    return { kinds: strikes.map(({ rule }) => rule.kind), droppedBy, delayMs, hold, copies, attemptFaults };
  }

  private attemptFault(kind: AttemptFault['kind'], { rule, chance }: Strike): AttemptFault {
    const { attempts, ...rest } = rule.params as FaultParams<'altered_body'>;
    const secret = newWebhookSecret(seededBytes(this.faults.seed, 'secret', chance('secret')));
    return { kind, attempts_left: attempts, ...rest, ...(kind === 'wrong_signature' && { secret }) };
  }
}

function delayOf({ chance }: Strike, { delay_ms, jitter_ms }: FaultParams<'delay'>): number {
  return delay_ms + Math.round(jitter_ms * chance('jitter'));
}
