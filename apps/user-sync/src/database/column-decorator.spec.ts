import { clerkOwnedColumns } from '@gatehouse/lifecycle';
import { getMetadataArgsStorage } from 'typeorm';
import { ClerkOwnedColumn } from './column-decorator';
import { UserEntity } from './user.entity';

describe('ClerkOwnedColumn', () => {
  it('declares every column of the list on the entity, with its name and type', () => {
    const declared = getMetadataArgsStorage().columns.filter(({ target }) => target === UserEntity);
    const options = new Map(
      declared.map(({ propertyName, options: { name, type } }) => [propertyName, { name, type }]),
    );
    for (const [field, { column, type }] of Object.entries(clerkOwnedColumns)) {
      expect(options.get(field)).toEqual({ name: column, type });
    }
  });

  it('does not compile on a property of another name or type', () => {
    class Wrong {
      // @ts-expect-error Another name.
      @ClerkOwnedColumn('email')
      mail!: string | null;

      // @ts-expect-error Another type.
      @ClerkOwnedColumn('clerkBanned')
      clerkBanned!: string;
    }
    expect(Wrong).toBeDefined();
  });
});
