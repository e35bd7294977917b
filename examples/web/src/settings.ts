/** Where the gateway is, and which Clerk signs people in. The defaults are those of `npm start` in a checkout. */
export const gatewayUrl: string = import.meta.env.VITE_GATEHOUSE_URL ?? 'http://localhost:8080';
export const publishableKey: string =
  import.meta.env.VITE_CLERK_PUBLISHABLE_KEY ?? 'pk_test_bG9jYWxob3N0LTMxMDAuY2xlcmsuYWNjb3VudHMuZGV2JA';
