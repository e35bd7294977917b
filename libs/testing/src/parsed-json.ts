/** The type `any` of a JSON.parse result, with which tests can read any member of an answer. */
export type ParsedJson = ReturnType<typeof JSON.parse>;
