/** Wrong usage of the program. The message is shown with a hint at `--help`; the exit status is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** An input that cannot be read. The message is the reason, without the path. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'no such file or folder',
  EISDIR: 'is a folder',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOSPC: 'no space left on the device',
  EROFS: 'the file system is read-only',
  EIO: 'input or output error of the device',
  EBUSY: 'in use by another program',
  Z_BUF_ERROR: 'the gzip file is cut off',
  Z_DATA_ERROR: 'the gzip file is damaged',
};

/** Why an operation on a file failed, in words. */
export function reasonOf(error: unknown): string {
  if (error instanceof InputError || error instanceof UsageError) return error.message;
  const code = codeOf(error);
  const known = code === undefined ? undefined : REASONS[code];
  if (known !== undefined) return known;
  return error instanceof Error ? error.message : String(error);
}

/** `ENOENT`, `EPIPE` … of a system error. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
