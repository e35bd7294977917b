import { createGatehouse, getErrorMessage } from '@gatehouse/client';
import { type LiveUpdates, followChanges } from '@gatehouse/client/live';

/** What an editor such as VS Code gives an extension: a store of secrets, and a line at the bottom of its window. */
export interface Editor {
  readonly secrets: { get(name: string): Promise<string | undefined> };
  readonly statusBar: { text: string };
}

/** Shows the number of the user's items, and keeps it right. Dispose of it when the extension is deactivated. */
export function activate({ secrets, statusBar }: Editor, baseUrl: string): LiveUpdates {
  const gatehouse = createGatehouse({ baseUrl, apiKey: async () => (await secrets.get('gatehouse.apiKey')) ?? null });
  const ids = new Set<string>();
  const show = () => (statusBar.text = `$(list-unordered) ${ids.size} items`);
  const live = followChanges(gatehouse, {
    onReset: async () => {
      ids.clear();
      for await (const { id } of gatehouse.list('/api/items')) ids.add(id);
      show();
    },
    onChange: ({ kind, id, data }) => {
      if (kind !== 'item') return;
      if (data === null) ids.delete(id);
      else ids.add(id);
      show();
    },
    onError: (error) => (statusBar.text = `$(warning) ${getErrorMessage(error)}`),
  });
  void live.ended.then(
    ({ error }) => (statusBar.text = error === undefined ? '' : `$(error) ${getErrorMessage(error)}`),
  );
  return live;
}
