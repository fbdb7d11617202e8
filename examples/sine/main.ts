import { runProgram } from '../training/runProgram.ts'
import { help, parseFlags } from './flags.ts'
import { runSine } from './runSine.ts'

/** `npm run example:sine`: trains on a sine; see `help`. */
await runProgram({ parse: parseFlags, help, run: ({ flags, signal }) => runSine(flags, signal) })
