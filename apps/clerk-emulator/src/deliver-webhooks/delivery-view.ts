import { type Attempt, type Delivery } from './delivery';

/** A delivery without the bytes it carries, without requests and answers, and without what a test forged. */
export interface DeliverySummary extends Omit<Delivery, 'body' | 'faults' | 'attempt_faults' | 'hold' | 'attempts'> {
  attempts: Omit<Attempt, 'request' | 'response'>[];
}

/** A delivery with its body and each attempt's request and answer. */
export interface DeliveryDetail extends Omit<DeliverySummary, 'attempts'> {
  attempts: Attempt[];
  body: string;
}

/** What a list of deliveries shows. */
export function summaryOf(delivery: Delivery): DeliverySummary {
  const { body: _body, faults: _faults, attempt_faults: _attemptFaults, hold: _hold, attempts, ...rest } = delivery;
  return { ...rest, attempts: attempts.map(({ request: _request, response: _response, ...attempt }) => attempt) };
}

/** All that there is to see of one delivery. */
export function detailOf(delivery: Delivery): DeliveryDetail {
  return { ...summaryOf(delivery), attempts: delivery.attempts, body: delivery.body };
}
