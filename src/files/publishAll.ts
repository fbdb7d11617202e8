/** A finished file that has yet to get its name. */
export interface Unpublished {
  publish(): Promise<void>
  withdraw(): Promise<void>
}

/** Gives every file its name, or takes the names back that were given before one failed. */
export async function publishAll(files: readonly Unpublished[]): Promise<void> {
  const published: Unpublished[] = []
  try {
    for (const file of files) {
      await file.publish()
      published.push(file)
    }
  } catch (error) {
    await Promise.allSettled(published.map((file) => file.withdraw()))
    throw error
  }
}
