/** Whether the device says that it has no network. Only browsers know; elsewhere false. */
export function isOffline(): boolean {
  const { navigator } = globalThis as { navigator?: { onLine?: boolean } };
  return navigator?.onLine === false;
}
