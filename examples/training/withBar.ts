import { SingleBar } from 'cli-progress'

/**
 * Shows a bar on standard error while something is done.
 *
 * @param label what is done, as `writing mnist-train`
 * @param total how many there are, and `unit` of what
 * @param action is given a function to tell how many are done
 */
export async function withBar<T>(
  { label, unit, total }: { readonly label: string; readonly unit: string; readonly total: number },
  action: (update: (done: number) => void) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar({
    format: `${label} {bar} {value}/{total} ${unit}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    stream: process.stderr,
    hideCursor: true,
    noTTYOutput: true,
  })
  bar.start(total, 0)
  try {
    return await action((done) => bar.update(done))
  } finally {
    bar.stop()
  }
}
