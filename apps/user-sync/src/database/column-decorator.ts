import { type ClerkOwned, type ClerkOwnedField, clerkOwnedColumns } from '@gatehouse/lifecycle';
import { Column } from 'typeorm';

/** Declares a column of `clerkOwnedColumns`. Only compiles on a property with the name and the type of `field`. */
export function ClerkOwnedColumn<Field extends ClerkOwnedField>(
  field: Field,
): (entity: Pick<ClerkOwned, Field>, property: Field) => void {
  const { column: name, type } = clerkOwnedColumns[field];
  const declare = type === 'boolean' ? Column(type, { name, default: false }) : Column(type, { name, nullable: true });
  return (entity, property) => declare(entity, property);
}
