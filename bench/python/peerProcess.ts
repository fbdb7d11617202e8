import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'

/** How long an answer may take. A data loader whose workers wait for each other never gives one. */
const patienceMs = 10 * 60_000

/** One Python process that does the work of a peer each time it is asked to. */
export class PeerProcess {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #answers: AsyncIterator<string, undefined>
  #late = false

  constructor(interpreter: string, script: string) {
    this.#process = spawn(interpreter, [script])
    this.#process.stderr.resume()
    this.#answers = createInterface(this.#process.stdout)[Symbol.asyncIterator]()
  }

  /**
   * Sends a line and returns the line that answers it.
   *
   * @throws Error with what the peer says went wrong, where the process ends, or where it does not answer in 10 minutes
   */
  async ask(line: string): Promise<string> {
    this.#process.stdin.write(`${line}\n`)
    const watch = setTimeout(() => {
      this.#late = true
      this.#process.kill('SIGKILL')
    }, patienceMs)
    const { value } = await this.#answers.next()
    clearTimeout(watch)
    if (value === undefined) throw new Error(this.#late ? 'no answer in 10 minutes' : 'the process ended')
    if (value.startsWith('error')) throw new Error(value)
    return value
  }

  close(): void {
    this.#process.kill()
  }
}
