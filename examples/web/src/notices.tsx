import { getErrorMessage } from '@gatehouse/client';
import { createStore } from './store';

const notice = createStore<{ readonly text: string; readonly isFault: boolean } | null>(null);

/** Tells the person something at the bottom of the page. */
export const say = (text: string): void => notice.set({ text, isFault: false });

/** Runs what the person asked for, and says why it failed. */
export function attempt(work: Promise<unknown>): void {
  notice.set(null);
  work.catch((error: unknown) => notice.set({ text: getErrorMessage(error), isFault: true }));
}

/** Shows the last notice. */
export function Notices() {
  const shown = notice.use();
  return (
    <div className="notices" role={shown?.isFault ? 'alert' : 'status'}>
      {shown && (
        <p className={shown.isFault ? 'notice fault' : 'notice'}>
          <span>{shown.text}</span>
          <button className="quiet" aria-label="Close" onClick={() => notice.set(null)}>
            ×
          </button>
        </p>
      )}
    </div>
  );
}
