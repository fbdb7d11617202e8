import { copyFile, link, open, rename, unlink } from 'node:fs/promises'

/** What is used of an open file. */
export interface WritableFile {
  write(bytes: Uint8Array, start: number, length: number): Promise<{ readonly bytesWritten: number }>
  sync(): Promise<void>
  close(): Promise<void>
}

/** What is used of the file system; replaced in tests. */
export interface FileSystem {
  open(path: string, flags: 'wx'): Promise<WritableFile>
  rename(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
  /** Gives a file a second name. */
  link(existing: string, name: string): Promise<void>
  copyFile(from: string, to: string): Promise<void>
  /** Puts the names in a folder on the disk itself; does nothing where the system has no such call. */
  syncFolder(folder: string): Promise<void>
}

export const nodeFileSystem: FileSystem = { open, rename, unlink, link, copyFile, syncFolder }

async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders, and needs no call for their names.
  if (process.platform === 'win32') return
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The code of a file system's error, as in ENOENT; empty for anything else. */
export function errorCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
}
