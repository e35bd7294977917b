import { type Editor, activate } from './extension.ts';

/** An editor for the terminal: it prints each text of the status bar. Ctrl-C closes it. */
const editor: Editor = {
  secrets: { get: async (name) => (name === 'gatehouse.apiKey' ? process.env.GATEHOUSE_API_KEY : undefined) },
  statusBar: {
    set text(text: string) {
      console.log(text);
    },
  },
};
const live = activate(editor, process.env.GATEHOUSE_URL ?? 'http://localhost:8080');
process.once('SIGINT', () => live.stop());
await live.ended;
