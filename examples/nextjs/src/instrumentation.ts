/** Next.js calls this when the server starts, which then fails if a variable is missing. */
export async function register(): Promise<void> {
  await import('./env/server');
}
