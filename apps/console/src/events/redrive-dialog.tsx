import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Dialog } from '../ui/dialog';
import { count } from '../ui/format';
import { Failed, Read } from '../ui/states';
import { EVENTS_KEY, redriveOne, redrivePlanQuery } from './queries';

interface RedriveDialogProps {
  readonly id: string;
  readonly close: () => void;
}

/** Shows what a redrive would change, and does it when somebody confirms. */
export function RedriveDialog({ id, close }: RedriveDialogProps) {
  const queries = useQueryClient();
  const plan = useQuery(redrivePlanQuery(id));
  const redrive = useMutation({
    mutationFn: () => redriveOne(id, false),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: [...EVENTS_KEY, 'one'] });
      void queries.resetQueries({ queryKey: [...EVENTS_KEY, 'list'] });
      close();
    },
  });
  return (
    <Dialog title="Redrive this event?" close={close}>
      <Read query={plan} what="the plan">
        {({ items, redriven }) => (
          <>
            {items.map((item) =>
              item.action === 'redrive' ? (
                <table className="diff" key={item.id}>
                  <caption className="visually-hidden">What changes</caption>
                  <thead>
                    <tr>
                      <th scope="col">{item.webhookId}</th>
                      <th scope="col">now</th>
                      <th scope="col">then</th>
                    </tr>
                  </thead>
                  <tbody>
                    <tr>
                      <th scope="row">status</th>
                      <td>
                        <del>{item.status}</del>
                      </td>
                      <td>
                        <ins>pending</ins>
                      </td>
                    </tr>
                    <tr>
                      <th scope="row">retries used</th>
                      <td>
                        <del>{count(item.retryCount)}</del>
                      </td>
                      <td>
                        <ins>0</ins>
                      </td>
                    </tr>
                  </tbody>
                </table>
              ) : (
                <p key={item.id} className="notice">
                  It would be skipped: {item.reason}.
                </p>
              ),
            )}
            {items.map(
              ({ id: at, warning }) =>
                typeof warning === 'string' && (
                  <p key={at} className="notice">
                    It will fail again unless its cause is fixed: {warning}.
                  </p>
                ),
            )}
            {redriven > 0 && (
              <p className="quiet small">
                user-sync applies the event again. What is newer than the event stays as it is. The audit log records
                who redrove it.
              </p>
            )}
            {redrive.error !== null && <Failed error={redrive.error} retry={() => redrive.mutate()} />}
            <div className="actions">
              <button type="button" onClick={close}>
                Cancel
              </button>
              <button
                type="button"
                className="primary"
                disabled={redriven === 0 || redrive.isPending}
                onClick={() => redrive.mutate()}
              >
                {redrive.isPending ? 'Redriving' : 'Redrive the event'}
              </button>
            </div>
          </>
        )}
      </Read>
    </Dialog>
  );
}
