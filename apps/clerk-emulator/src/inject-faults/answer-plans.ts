import { type IncomingMessage } from 'node:http';
import { type AnswerPlan } from './api-faults';

const plans = new WeakMap<IncomingMessage, AnswerPlan>();

/** Remembers how a fault changes the answer to this request. */
export function planAnswer(request: IncomingMessage, plan: AnswerPlan): void {
  plans.set(request, plan);
}

/** How a fault changes the answer to this request; empty without a fault. */
export function answerPlan(request: IncomingMessage): AnswerPlan {
  return plans.get(request) ?? {};
}
