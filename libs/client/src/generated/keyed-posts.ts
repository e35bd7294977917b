// Generated from the OpenAPI document of the gateway by `npm run client:types`.

/** Paths whose POST takes an `Idempotency-Key`. Others reject it. */
export const keyedPosts: readonly string[] = [
  "/admin/users/{id}/items",
  "/admin/users/{id}/quotas/{kind}/grants",
  "/admin/users/{id}/sessions",
  "/admin/users/{id}/templates",
  "/api/items",
  "/api/keys",
  "/api/sessions",
  "/api/templates",
  "/api/tokens/consume",
  "/api/tokens/reservations",
  "/api/tokens/reservations/{id}/commit",
  "/api/tokens/reservations/{id}/release",
  "/api/uploads"
];
