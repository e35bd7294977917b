/** The untyped result of JSON.parse, so that tests can read any member of an answer. */
export type ParsedJson = ReturnType<typeof JSON.parse>;
