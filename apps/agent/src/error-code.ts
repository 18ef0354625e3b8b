/** The code that Node puts on errors of the operating system, e.g. ENOENT; null for any other error. */
export function errorCode(error: unknown): string | null {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}
