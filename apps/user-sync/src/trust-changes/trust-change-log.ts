/**
 * Message of the log line that user-sync writes for each trust change, with the trust change in the field `change`. After
 * a restore from a backup, `after-restore.js` reads these lines: the database has lost what they say.
 */
export const TRUST_CHANGE_MESSAGE = 'trust change';
