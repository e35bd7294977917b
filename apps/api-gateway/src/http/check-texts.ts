import { type FieldFault, RequestInvalidError } from '../errors';
import { fieldFault, unknownField } from '../problems/field-faults';

/**
 * Rejects NUL and unpaired surrogates in texts and member names, which PostgreSQL cannot store. Also rejects members
 * named `__proto__`, which record schemas would drop silently. Recursive, so the caller must bound the depth of `body`.
 * @throws RequestInvalidError with every invalid field
 */
export function checkTexts(body: unknown): void {
  const faults: FieldFault[] = [];
  collect(body, [], faults);
  if (faults.length > 0) throw new RequestInvalidError(faults);
}

function collect(value: unknown, path: readonly string[], faults: FieldFault[]): void {
  if (typeof value === 'string') {
    if (!isStorable(value)) faults.push(fieldFault('body', path, 'contains NUL or an unpaired surrogate'));
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    const inner = [...path, name];
    if (name === '__proto__') faults.push(unknownField('body', inner));
    else if (isStorable(name)) collect(part, inner, faults);
    else faults.push(fieldFault('body', path, 'has a member whose name contains NUL or an unpaired surrogate'));
  }
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}
