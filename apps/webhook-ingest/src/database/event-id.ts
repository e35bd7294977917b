import { storableText } from '@gatehouse/persistence';

const LEDGER_ID = /^[1-9]\d{0,17}$/;
const MAX_ID = 256;

/** Whether the text is an id of a ledger row, and not a webhook id. */
export function isLedgerId(text: string): boolean {
  return LEDGER_ID.test(text);
}

/** Converts an id, type or code that an operator entered to a text for which the ledger can be searched. */
export function searchText(text: string): string {
  return storableText(text, MAX_ID);
}
