import { type Resource, assistantSessions, items, templates, userRefSchema } from '@gatehouse/contracts';
import { Module, Param, createParamDecorator } from '@nestjs/common';
import { Owners } from '../admin/find-user/owners';
import { type ResourceTexts, type Whose, resourceController } from './resource.controller';

/** `/api/<kind>`: the caller's own resources. */
const own: Whose = {
  prefix: 'api/',
  idParameter: 'id',
  tag: (kind) => kind,
  reading: (kind) => ({ access: 'user', permission: `${kind}:read`, rateClass: 'read' }),
  writing: (kind) => ({ access: 'user', permission: `${kind}:write`, rateClass: 'write' }),
  owner: createParamDecorator(() => undefined)(),
  operation: '',
  belonging: '',
};

/** `/admin/users/:id/<kind>`: an admin acts as another user. user-data audits each request, also those that read. */
const anyUsers: Whose = {
  prefix: 'admin/users/:id/',
  idParameter: 'resourceId',
  tag: () => 'admin-data',
  reading: () => ({ access: 'admin', permission: 'user-data:read', rateClass: 'admin' }),
  writing: () => ({ access: 'admin', permission: 'user-data:write', rateClass: 'admin' }),
  owner: Param('id', { schema: userRefSchema }),
  operation: 'User',
  belonging: ' of a user, as that user; audited',
};

const kinds: readonly (readonly [Resource, ResourceTexts])[] = [
  [items, { name: 'Item', one: 'an item', many: 'items' }],
  [templates, { name: 'Template', one: 'a template', many: 'templates' }],
  [assistantSessions, { name: 'AssistantSession', one: 'an assistant session', many: 'assistant sessions' }],
];

/** Routes of items, templates and assistant sessions, which user-data answers. */
@Module({
  controllers: kinds.flatMap(([resource, texts]) =>
    [own, anyUsers].map((whose) => resourceController(resource, texts, whose)),
  ),
  providers: [Owners],
})
export class ResourcesModule {}
