import { useLive } from '@gatehouse/react';
import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void): () => void {
  addEventListener('online', listener);
  addEventListener('offline', listener);
  return () => {
    removeEventListener('online', listener);
    removeEventListener('offline', listener);
  };
}

/** Says whether the page shows what is true now. */
export function Live() {
  const { state } = useLive();
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  const text = !isOnline ? 'Offline' : state === 'open' ? 'Live' : state === 'ended' ? 'Paused' : 'Connecting…';
  return (
    <span role="status" aria-label="Live updates" className={text === 'Live' ? 'live on' : 'live'}>
      {text}
    </span>
  );
}
