import { userImportLimits } from '@gatehouse/contracts';
import { type FastifyRequest } from 'fastify';
import { headerParameter } from '../../headers/header-parameter';
import { invalidHeader, singleHeader } from '../../headers/single-header';

const OFFSET = 'Upload-Offset';
const COMPLETE = 'Upload-Complete';

/**
 * Parameter with the offset of the body in the file.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpbis-resumable-upload/
 */
export const UploadOffset = (): ParameterDecorator =>
  headerParameter(readOffset, {
    name: OFFSET,
    description: 'Place of the first byte of the body in the file: `bytes` of the import.',
    required: true,
    schema: { type: 'integer', minimum: 0, maximum: userImportLimits.bytes, example: 0 },
  });

/** Parameter that tells whether the file ends with this body. Default: true. */
export const UploadComplete = (): ParameterDecorator =>
  headerParameter(readComplete, {
    name: COMPLETE,
    description: '`?1`: the file ends with this body. `?0`: more follows by PATCH. Default: `?1`.',
    schema: { type: 'string', enum: ['?0', '?1'], default: '?1' },
  });

function readOffset(request: FastifyRequest): number {
  const value = singleHeader(OFFSET, request);
  if (value === undefined) throw invalidHeader(OFFSET, 'is missing: send the number of bytes that have arrived');
  const offset = Number(value);
  if (/^\d{1,15}$/.test(value) && offset <= userImportLimits.bytes) return offset;
  throw invalidHeader(OFFSET, `must be a number of bytes, at most ${userImportLimits.bytes}`);
}

function readComplete(request: FastifyRequest): boolean {
  const value = singleHeader(COMPLETE, request);
  if (value === undefined || value === '?1') return true;
  if (value === '?0') return false;
  throw invalidHeader(COMPLETE, 'must be ?0 or ?1');
}
