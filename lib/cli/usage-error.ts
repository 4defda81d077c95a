/** The command line, or a file it names, cannot be meant so; exit code 64 (`EX_USAGE` of sysexits.h). */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
