import { type ImportedUser, importedUserSchema, knownFieldFaults } from '@gatehouse/contracts';
import { isStorable, storableText } from '@gatehouse/persistence';
import { type z } from 'zod';

/** A fault of a row: the field, or `row`, and what is wrong with it; never its value. */
export interface RowFault {
  readonly field: string;
  readonly message: string;
}

/** A row of a file: its content, or its faults. */
export interface ImportedRow {
  /** From 1; the header of a CSV file does not count. */
  readonly row: number;
  /** Line on which the row ends, from 1. */
  readonly line: number;
  readonly content: ImportedUser | null;
  readonly faults: readonly RowFault[];
}

/** What a reader returns for a row: its fields as they are in the file, or its faults. */
export interface RawRow {
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly faults: readonly RowFault[];
}

const MAX_NAME = 64;
const MAX_FAULTS = 20;

/** The fault of a field that imports do not know. */
export function unknownFieldFault(name: string): string {
  const known = knownFieldFaults.get(importedUserSchema) ?? {};
  return (Object.hasOwn(known, name) ? known[name] : undefined) ?? 'is not a field of imports';
}

/** Checks the fields of a row. `now`: milliseconds since the epoch. */
export function readRow({ fields, faults }: RawRow, now: number): Pick<ImportedRow, 'content' | 'faults'> {
  if (faults.length > 0) return { content: null, faults };
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => !isBlank(value)));
  const { success, data, error } = importedUserSchema.safeParse(given);
  const found = success ? meaningFaults(data, now) : error.issues.flatMap(faultsOf);
  if (found.length > 0 || data === undefined) return { content: null, faults: found.slice(0, MAX_FAULTS) };
  return { content: data, faults: [] };
}

/** Whether a field has no value. Files have many ways to say that; all of them leave the user as it is. */
function isBlank(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}

function faultsOf({ path, message, ...issue }: z.core.$ZodIssue): RowFault[] {
  if (issue.code !== 'unrecognized_keys') return [{ field: path.map(String).join('.') || 'row', message }];
  return issue.keys.map((name) => ({ field: storableText(name, MAX_NAME), message: unknownFieldFault(name) }));
}

/** Faults that no single field shows. */
function meaningFaults(user: ImportedUser, now: number): RowFault[] {
  const faults: RowFault[] = Object.entries(user).flatMap(([field, value]) =>
    typeof value === 'string' && !isStorable(value)
      ? [{ field, message: 'contains characters that cannot be stored' }]
      : [],
  );
  const { externalId, clerkUserId, email, emailVerified, phoneNumber, phoneVerified, createdAt } = user;
  if (externalId === undefined && clerkUserId === undefined && !(email !== undefined && emailVerified === true)) {
    faults.push({
      field: 'externalId',
      message: 'is missing: a row needs externalId, clerkUserId, or email with emailVerified true',
    });
  }
  if (emailVerified !== undefined && email === undefined) {
    faults.push({ field: 'emailVerified', message: 'has no email' });
  }
  if (phoneVerified !== undefined && phoneNumber === undefined) {
    faults.push({ field: 'phoneVerified', message: 'has no phoneNumber' });
  }
  if (createdAt !== undefined && Date.parse(createdAt) > now) {
    faults.push({ field: 'createdAt', message: 'is in the future' });
  }
  return faults;
}
