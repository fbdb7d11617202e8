/** A finished file that has yet to get its name. */
export interface Unpublished {
  /** Whether publish() does more than a rename, and so may fail after it. */
  readonly syncs: boolean
  /** Keeps an older file under the name aside. */
  keepOlder(): Promise<void>
  publish(): Promise<void>
  /** Undoes publish(), with the older file back in place; nothing where it was not published. */
  withdraw(): Promise<void>
  forgetOlder(): Promise<void>
}

/**
 * Gives every file its name. Where one fails, each name is as it was before: what was published is withdrawn, and older
 * files have their names again.
 *
 * A crash between two renames is the one thing that can leave some names new and some old, for file systems rename one
 * file at a time; each of the files is whole then, and the older ones lie beside them with names that end in `.old`.
 */
export async function publishAll(files: readonly Unpublished[]): Promise<void> {
  try {
    // A single rename either happens or does not: there is nothing to go back from.
    if (files.length > 1 || files.some(({ syncs }) => syncs)) for (const file of files) await file.keepOlder()
    for (const file of files) await file.publish()
  } catch (error) {
    await Promise.allSettled(files.map((file) => file.withdraw()))
    throw error
  } finally {
    await Promise.all(files.map((file) => file.forgetOlder()))
  }
}
