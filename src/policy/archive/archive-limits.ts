// How large a bundle may be. Far over what policies need, far under what would harm the process that reads it.

const MIB = 1024 * 1024;

export const ARCHIVE_LIMITS = {
  /** Of the file as it comes. */
  packedBytes: 64 * MIB,
  /** Of all that it inflates to. */
  inflatedBytes: 128 * MIB,
  /** Of one file in it. */
  entryBytes: 64 * MIB,
  /** Headers of every kind, folders and long names included. */
  entries: 20_000,
  /** Of a name, in bytes. */
  nameBytes: 1024,
} as const;
