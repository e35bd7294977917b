import { storableText } from '@gatehouse/persistence';

const LEDGER_ID = /^[1-9]\d{0,17}$/;
const MAX_ID = 256;

/** Whether the text has the form of a ledger row's id: only digits, unlike a webhook id (`msg_…`). */
export function isLedgerId(text: string): boolean {
  return LEDGER_ID.test(text);
}

/**
 * Makes a text that an operator searches for acceptable to PostgreSQL: replaces characters that it cannot store, and
 * cuts the text to 256 characters.
 */
export function searchText(text: string): string {
  return storableText(text, MAX_ID);
}
