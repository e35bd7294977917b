/** How long after its first login a user can use a referral code. */
const WINDOW = `interval '24 hours'`;

/** First login of the row `u`; `created_at` for users who had logged in before first logins were stored. */
const FIRST_LOGIN = 'coalesce(u.first_login_at, u.created_at)';

/**
 * Whether the row `u` can use a referral code now. A user without any known login can: the request itself comes from a
 * login whose event has not arrived yet.
 */
export const canUseCodeSql = `(u.referred_by IS NULL AND (u.last_login_at IS NULL OR ${FIRST_LOGIN} > now() - ${WINDOW}))`;

/** Until when the row `u` can use a referral code, if it can; null without a known login. */
export const usableUntilSql = `CASE WHEN u.last_login_at IS NOT NULL THEN ${FIRST_LOGIN} + ${WINDOW} END`;
