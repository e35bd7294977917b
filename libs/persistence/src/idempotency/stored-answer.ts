import { AnswerTooLargeError } from '../errors';

/** Maximum size of a stored answer: four times the largest body that the gateway accepts. Bytes. */
export const MAX_ANSWER_BYTES = 262_144;

/** The text of an answer as it is stored. @throws AnswerTooLargeError */
export function answerText(answer: object): string {
  const text = JSON.stringify(answer);
  if (Buffer.byteLength(text) > MAX_ANSWER_BYTES) throw new AnswerTooLargeError(MAX_ANSWER_BYTES);
  return text;
}
