import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, workspaceRoot } from '@gatehouse/local-stack';
import { pageExamples } from './client-package';

/** The compiler takes seconds, and longer on a busy machine. */
const LIMIT_MS = 300_000;

/** Checks of the installed tarball of `@gatehouse/react`. @param folderOf folder of examples/web, with what it depends on */
export function describeReactPackage(folderOf: () => string): void {
  const node = (...args: string[]) => runCommand(process.execPath, args, { cwd: folderOf(), timeoutMs: LIMIT_MS });
  const write = (name: string, text: string) => writeFileSync(join(folderOf(), name), text);

  it(
    'the tarball of @gatehouse/react renders on a server, loaded by import and by require, also while Clerk is loading',
    async () => {
      const use = `
        const render = (auth) => {
          const hooks = { useAuth: () => ({ getToken: () => null, ...auth }), useUser: () => ({ user: null }) };
          const gate = createElement(UserInitializer, { loading: 'Loading', signedOut: 'Out' }, 'In');
          const shows = ['loading', 'signed-in', 'signed-out', { role: 'user' }].map((when) =>
            createElement(Show, { key: JSON.stringify(when), when, fallback: ' -' }, ' ' + when));
          const page = createElement(GatehouseProvider, { baseUrl: 'http://localhost', ...hooks }, gate, ...shows);
          return renderToString(page).replaceAll('<!-- -->', '');
        };
        console.log([render({ isLoaded: false }), render({ isLoaded: true, isSignedIn: false })].join());`;
      const names = [
        ['{ GatehouseProvider, Show, UserInitializer }', '@gatehouse/react'],
        ['{ createElement }', 'react'],
        ['{ renderToString }', 'react-dom/server'],
      ];
      write('imported.mjs', names.map(([what, from]) => `import ${what} from '${from}';`).join('\n') + use);
      write('required.cjs', names.map(([what, from]) => `const ${what} = require('${from}');`).join('\n') + use);
      expect([await node('imported.mjs'), await node('required.cjs')]).toEqual(
        Array(2).fill('Loading loading,Out - - signed-out -\n'),
      );
    },
    LIMIT_MS,
  );

  it(
    'examples/web, the examples for pages and the types of @gatehouse/react compile in a strict project, with the types of Clerk',
    async () => {
      const readme = readFileSync(join(workspaceRoot(), 'libs/react/README.md'), 'utf8');
      const examples = [...readme.matchAll(/```tsx\n([^]*?)```/g)].map(([, code = '']) => code);
      expect(examples.length).toBeGreaterThan(1);
      const ofClient = pageExamples();
      expect(ofClient.length).toBeGreaterThan(1);
      for (const [index, code] of [...examples, ...ofClient].entries()) write(`src/example-${index}.tsx`, code);
      write('src/typed.tsx', TYPED);
      expect(await node('node_modules/typescript/bin/tsc')).toBe('');
    },
    LIMIT_MS,
  );
}

const TYPED = `
  import { Show, useApiKeys, useAssistantSessions, useAuth, useItems, useUser } from '@gatehouse/react';

  export function Typed() {
    const { isLoading, isAuthenticated, user, clerkUser, signOut } = useAuth<{ readonly id: string; own: 1 }>();
    const own: 1 | undefined = clerkUser?.own;
    const times: number | null | undefined = user?.lastActiveAt;
    const { create, update, entries } = useItems();
    const sessions = useAssistantSessions();
    const { user: me, update: change } = useUser();
    const keys = useApiKeys();
    const act = async () => {
      await create({ title: 'Milk' });
      for (const entry of entries) await update(entry, { title: entry.isSaving ? 'a' : 'b' });
      for (const one of sessions.entries) await sessions.update(one, { status: 'paused' });
      await change({ city: me?.shopName ?? null });
      const key: string = (await keys.create({ name: 'a', scopes: [] })).key;
      // @ts-expect-error a field of the draft is missing
      await create({});
      // @ts-expect-error the version that the person saw is missing
      await update({ id: 'a' }, { title: 'b' });
      // @ts-expect-error not a status
      for (const one of sessions.entries) await sessions.update(one, { status: 'odd' });
      // @ts-expect-error people cannot change this
      await change({ role: 'admin' });
      await signOut();
      return key;
    };
    // @ts-expect-error no such role
    const wrong = <Show when={{ role: 'king' }} />;
    return <Show when={{ role: ['admin', 'developer'] }} fallback={wrong}>{String([isLoading, isAuthenticated, own, times, act])}</Show>;
  }`;
