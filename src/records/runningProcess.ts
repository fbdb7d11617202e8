/**
 * The process that a temporary folder is named after, `.<name>.<process>-<n>.tmp` or `.removed`, where it is running on
 * this machine; undefined where it is gone, or the name is another.
 */
export function runningProcess(name: string): number | undefined {
  const found = /^\..+\.(\d+)-\d+\.(tmp|removed)$/.exec(name)
  if (found === null) return undefined
  const id = Number(found[1])
  try {
    // Signal 0 is sent to nobody; it asks whether one could be.
    process.kill(id, 0)
    return id
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH' ? undefined : id
  }
}
