import ts from 'typescript';

/** A field that the schema of an object does not have. */
export interface UnknownField {
  readonly path: string;
  /** The fields that the schema has at that place. */
  readonly allowed: readonly string[];
}

/**
 * Finds fields that a type does not have. The validators of kubernetes-models accept unknown fields, as the API server of
 * Kubernetes does, which then ignores them. The types come from the declarations of the models.
 */
export class DeclaredTypes {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;

  /** @param files the declarations (`.d.ts`) that hold the types */
  constructor(files: readonly string[]) {
    this.program = ts.createProgram(files, {
      lib: ['lib.es5.d.ts'],
      skipLibCheck: true,
      strict: true,
      types: [],
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    });
    this.checker = this.program.getTypeChecker();
  }

  /** The fields of `value` that the interface `name` of a file does not have. */
  unknownFields(file: string, name: string, value: unknown): UnknownField[] {
    const source = this.program.getSourceFile(file);
    const module = source && this.checker.getSymbolAtLocation(source);
    const symbol = module && this.checker.getExportsOfModule(module).find((found) => found.name === name);
    if (symbol === undefined) throw new TypeError(`${file} does not export ${name}`);
    return this.walk(value, this.checker.getDeclaredTypeOfSymbol(symbol), '');
  }

  private walk(value: unknown, type: ts.Type, path: string): UnknownField[] {
    if (typeof value !== 'object' || value === null) return [];
    const members = type.isUnion() ? type.types : [type];
    if (Array.isArray(value)) {
      const element = members
        .map((member) => this.checker.getIndexTypeOfType(member, ts.IndexKind.Number))
        .find(Boolean);
      return element === undefined ? [] : value.flatMap((item, index) => this.walk(item, element, `${path}[${index}]`));
    }
    const objects = members.filter((member) => (member.flags & ts.TypeFlags.Object) !== 0);
    if (objects.length === 0 || members.some((member) => (member.flags & ts.TypeFlags.Any) !== 0)) return [];
    return Object.entries(value).flatMap(([key, child]) => {
      const childType = objects.map((member) => this.fieldType(member, key)).find(Boolean);
      const childPath = path === '' ? key : `${path}.${key}`;
      if (childType === undefined) return [{ path: childPath, allowed: this.fieldNames(objects) }];
      return this.walk(child, childType, childPath);
    });
  }

  private fieldType(type: ts.Type, key: string): ts.Type | undefined {
    const property = this.checker.getPropertyOfType(type, key);
    return property === undefined
      ? this.checker.getIndexTypeOfType(type, ts.IndexKind.String)
      : this.checker.getTypeOfSymbol(property);
  }

  private fieldNames(types: readonly ts.Type[]): string[] {
    return types.flatMap((type) => this.checker.getPropertiesOfType(type).map(({ name }) => name)).sort();
  }
}
