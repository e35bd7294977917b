/** What JSON.parse gives: tests look into answers freely. */
export type ParsedJson = ReturnType<typeof JSON.parse>;
