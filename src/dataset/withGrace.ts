/** How long closing is waited for that may never be over: longer than a worker is given to stop. */
const graceMs = 3000

/**
 * Waits for what is closed while it still waits for something itself, as for a pipe to which nobody writes: such a call of the
 * operating system cannot be taken back. After three seconds it is left to end by itself, and its failure with it.
 */
export async function withGrace(closing: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, graceMs)
  })
  try {
    await Promise.race([closing, grace])
  } finally {
    clearTimeout(timer)
  }
}
