import { storableText } from '@gatehouse/persistence';

const LEDGER_ID = /^[1-9]\d{0,17}$/;
const MAX_ID = 256;

/** Whether the text is an id of a ledger row, and not a webhook id. */
export function isLedgerId(text: string): boolean {
  return LEDGER_ID.test(text);
}

/** Converts a text that an operator entered, such as an id, so that PostgreSQL accepts it in a search of the ledger. */
export function searchText(text: string): string {
  return storableText(text, MAX_ID);
}
