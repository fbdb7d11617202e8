import { runProgram } from '../training/runProgram.ts'
import { help, parseFlags, runText } from './runText.ts'

/** `npm run example:text`: trains on text; see `help`. */
await runProgram({ parse: parseFlags, help, run: ({ flags, signal }) => runText(flags, signal) })
