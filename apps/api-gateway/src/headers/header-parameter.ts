import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import { ApiHeader, type ApiHeaderOptions } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';

/** A request header in the OpenAPI document. */
type DescribedHeader = Required<Pick<ApiHeaderOptions, 'name' | 'description' | 'schema'>> &
  Pick<ApiHeaderOptions, 'required'>;

/**
 * Makes a decorator for parameters that `read` takes from a request header. The decorator describes the header in the
 * OpenAPI document, as optional unless `required` is set; `read` rejects a missing one.
 */
export function headerParameter(
  read: (request: FastifyRequest) => unknown,
  header: DescribedHeader,
): ParameterDecorator {
  const take = createParamDecorator((_: unknown, context: ExecutionContext) =>
    read(context.switchToHttp().getRequest<FastifyRequest>()),
  )();
  const describe = ApiHeader({ required: false, ...header });
  return (target, method, index) => {
    take(target, method, index);
    const descriptor = method === undefined ? undefined : Object.getOwnPropertyDescriptor(target, method);
    if (method !== undefined && descriptor !== undefined) describe(target, method, descriptor);
  };
}
