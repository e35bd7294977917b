import { LiveValue } from '@gatehouse/config';
import { type RequestClient } from '@gatehouse/messaging';
import { AdminKeysController } from '../../admin/manage-keys/admin-keys.controller';
import { type CallerRequest } from '../../caller/caller';
import { Policy } from '../../gate/policy/policy';
import { KeysController } from './keys.controller';
import { KnownScopes } from './known-scopes';

const sent: unknown[] = [];
const services = { send: async (_contract: unknown, request: unknown) => void sent.push(request) };
const own = new KeysController(services as unknown as RequestClient, new KnownScopes(new LiveValue(Policy.closed)));
const admins = new AdminKeysController(services as unknown as RequestClient);
const request = { caller: { credential: { method: 'legacy_jwt' } } } as unknown as CallerRequest;

it('sends "predecessors" only when asked for it, because the user-sync of the previous release rejects the field', async () => {
  for (const predecessors of [false, true]) {
    await own.revoke(request, 'k', { predecessors });
    await admins.revoke(request, 'k', { predecessors });
    await own.rotate(request, 'k', { graceHours: 1, predecessors });
  }
  expect(sent).toStrictEqual([
    { id: 'k' },
    { id: 'k' },
    { id: 'k', graceHours: 1 },
    { id: 'k', predecessors: true },
    { id: 'k', predecessors: true },
    { id: 'k', graceHours: 1, predecessors: true },
  ]);
});
