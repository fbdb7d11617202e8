/**
 * The flags that a thread is started with: those of the process, but none where one of them speaks of the program text
 * given by `--eval` or standard input. A thread runs a file, and would refuse it.
 */
export function threadOptions(execArgv: readonly string[]): { execArgv?: string[] } {
  return execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {}
}
