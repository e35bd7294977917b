import { type FieldFault, RequestInvalidError } from '../errors';
import { fieldFault, unknownField } from '../problems/field-faults';

/**
 * Rejects what no service can store or keep apart: NUL and unpaired surrogates in any text or member name, and members
 * named `__proto__`, which schemas of records would drop silently. JSON of bounded depth alone.
 * @throws RequestInvalidError with every field at fault
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
