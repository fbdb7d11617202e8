import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Runs a module in a process of its own and returns what it sends.
 *
 * @param args what it finds from `process.argv[2]` on
 * @throws Error where it ends without having sent anything
 */
export function ownProcess<T>(module: URL, args: readonly string[]): Promise<T> {
  const child = fork(fileURLToPath(module), args, {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  return new Promise<T>((resolve, reject) => {
    child.once('error', reject)
    child.once('message', (answer) => resolve(answer as T))
    child.once('exit', (code, signal) => {
      const ended = `${module.pathname} ${args.join(' ')} ended with ${String(code ?? signal)} and sent nothing.`
      reject(new Error(`${ended}\n${complaint}`))
    })
  })
}
