/** Tells the user something; standard output is for the summary alone, so that a program can read it. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
