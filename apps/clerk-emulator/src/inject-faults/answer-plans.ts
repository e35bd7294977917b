import { type IncomingMessage } from 'node:http';
import { type AnswerPlan } from './api-faults';

const plans = new WeakMap<IncomingMessage, AnswerPlan>();

/** Remembers what is to go wrong with the answer to this request. */
export function planAnswer(request: IncomingMessage, plan: AnswerPlan): void {
  plans.set(request, plan);
}

/** What is to go wrong with the answer to this request; nothing, mostly. */
export function answerPlan(request: IncomingMessage): AnswerPlan {
  return plans.get(request) ?? {};
}
