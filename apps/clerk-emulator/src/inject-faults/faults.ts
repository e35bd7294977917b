import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { newId } from '../clerk/ids';
import { seededFraction } from '../clerk/seeded-random';
import { type EmulatorConfig } from '../config';
import { FormInvalidError, ResourceNotFoundError, TooManyResourcesError } from '../errors';
import { EmulatorState } from '../persist-state/emulator-state';
import { CONFIG, NOW } from '../tokens';
import { FAULT_KINDS, type FaultKind } from './fault-kinds';
import { type FaultRule, ruleMatches, type FaultSubject } from './fault-rule';
import { type CreateFaultParams, type UpdateFaultParams } from './fault.schemas';

const RULE_LIMIT = 200;
const DECISIONS_KEPT = 1_000;

/** Records whether a rule applied to a delivery or request that it matched. */
export interface FaultDecision {
  readonly at: number;
  readonly fault_id: string;
  readonly kind: FaultKind;
  readonly subject: FaultSubject;
  /**
   * Number of deliveries or requests that the rule matched before this one, since the rule was created or the seed of
   * the random numbers was last set.
   */
  readonly index: number;
  readonly struck: boolean;
}

/**
 * A rule that applies to a delivery or request. `chance` returns a number in [0, 1) that decides one random detail of
 * the fault, such as its jitter. `purpose` names the detail, so that each detail gets a number of its own. The number
 * also depends on the seed, on the rule, and on how many deliveries or requests the rule matched before. With the same
 * seed, a repeated test therefore gets the same numbers.
 */
export interface Strike {
  readonly rule: FaultRule;
  readonly chance: (purpose: string) => number;
}

/**
 * The fault rules. Each rule gets a number (`place`) when it is created, from 0 upwards. The rule keeps its `place`
 * when other rules are deleted. Whether a rule applies depends on its own fields, on its `place`, on the seed, and on
 * how many deliveries or requests the rule has matched before. So the same rules and requests, in the same order, give
 * the same faults.
 */
@Injectable()
export class Faults {
  private readonly rules = new Map<string, FaultRule & { place: number }>();
  private decisions: FaultDecision[] = [];
  private nextPlace = 0;
  private currentSeed: string;

  constructor(
    @Inject(CONFIG) config: EmulatorConfig,
    @Inject(NOW) private readonly now: Now,
    state: EmulatorState,
  ) {
    this.currentSeed = config.seed;
    state.register({ reset: () => this.clear() });
  }

  get seed(): string {
    return this.currentSeed;
  }

  /** Sets the seed and resets the counts of all rules. */
  setSeed(seed: string): void {
    this.currentSeed = seed;
    this.decisions = [];
    for (const [id, rule] of this.rules) this.rules.set(id, { ...rule, considered: 0, applied: 0 });
  }

  list(): FaultRule[] {
    return [...this.rules.values()].map(withoutPlace);
  }

  /** @throws ResourceNotFoundError */
  get(id: string): FaultRule {
    return withoutPlace(this.rule(id));
  }

  /** Newest last. */
  decisionsMade(): FaultDecision[] {
    return [...this.decisions];
  }

  /** @throws FormInvalidError when the params do not fit the kind */
  create(params: CreateFaultParams): FaultRule {
    if (this.rules.size >= RULE_LIMIT) throw new TooManyResourcesError('faults', RULE_LIMIT);
    const now = this.now();
    const rule = {
      object: 'fault' as const,
      id: newId('flt', now),
      kind: params.kind,
      side: FAULT_KINDS[params.kind].side,
      enabled: params.enabled ?? true,
      probability: params.probability ?? 1,
      count: params.count ?? null,
      match: matchOf(params.match),
      params: paramsOf(params.kind, params.params ?? {}),
      considered: 0,
      applied: 0,
      created_at: now,
      place: this.nextPlace++,
    };
    this.rules.set(rule.id, rule);
    return withoutPlace(rule);
  }

  /**
   * Updates a rule. Merges the given `match` and `params` into those of the rule. A new `count` limits the total,
   * including the times that the rule has already applied.
   */
  update(id: string, params: UpdateFaultParams): FaultRule {
    const before = this.rule(id);
    const rule = {
      ...before,
      enabled: params.enabled ?? before.enabled,
      probability: params.probability ?? before.probability,
      count: params.count === undefined ? before.count : params.count,
      match: matchOf({ ...before.match, ...params.match } as CreateFaultParams['match']),
      params: params.params ? paramsOf(before.kind, { ...before.params, ...params.params }) : before.params,
    };
    this.rules.set(id, rule);
    return withoutPlace(rule);
  }

  delete(id: string): void {
    this.rule(id);
    this.rules.delete(id);
  }

  /** Removes all rules and numbers new ones from 0. So the same rules, created again, give the same faults. */
  clear(): void {
    this.rules.clear();
    this.decisions = [];
    this.nextPlace = 0;
  }

  /**
   * Returns the rules that apply to the delivery or request `subject`, in order of creation. Adds 1 to `considered` of
   * every enabled rule that matches `subject`. A matching rule applies with its `probability`, until it has applied
   * `count` times. Adds 1 to `applied` of every rule that applies.
   */
  decide(subject: FaultSubject): Strike[] {
    const strikes: Strike[] = [];
    for (const rule of this.rules.values()) {
      if (!rule.enabled || !ruleMatches(rule, subject)) continue;
      const index = rule.considered;
      const chance = (purpose: string) => seededFraction(this.currentSeed, rule.place, index, purpose);
      const struck = (rule.count === null || rule.applied < rule.count) && chance('strike') < rule.probability;
      const counted = { ...rule, considered: index + 1, applied: rule.applied + Number(struck) };
      this.rules.set(rule.id, counted);
      if (struck) strikes.push({ rule: withoutPlace(counted), chance });
      this.remember({ at: this.now(), fault_id: rule.id, kind: rule.kind, subject, index, struck });
    }
    return strikes;
  }

  private remember(decision: FaultDecision): void {
    this.decisions.push(decision);
    if (this.decisions.length > 2 * DECISIONS_KEPT) this.decisions = this.decisions.slice(-DECISIONS_KEPT);
  }

  private rule(id: string): FaultRule & { place: number } {
    const rule = this.rules.get(id);
    if (!rule) throw new ResourceNotFoundError('fault', id);
    return rule;
  }
}

function withoutPlace({ place: _place, ...rule }: FaultRule & { place: number }): FaultRule {
  return rule;
}

function matchOf(match: CreateFaultParams['match']): FaultRule['match'] {
  return {
    event_types: match?.event_types ?? [],
    endpoint_id: match?.endpoint_id ?? null,
    user_id: match?.user_id ?? null,
    methods: match?.methods ?? [],
    path: match?.path ?? null,
  };
}

function paramsOf(kind: FaultKind, params: Record<string, unknown>): FaultRule['params'] {
  const parsed = FAULT_KINDS[kind].params.safeParse(params);
  if (parsed.success) return parsed.data;
  throw new FormInvalidError(
    parsed.error.issues.map((issue) => ({
      code: 'form_param_format_invalid',
      message: 'is invalid',
      longMessage: `params.${issue.path.join('.')}: ${issue.message}`,
      meta: { param_name: 'params' },
    })),
  );
}
