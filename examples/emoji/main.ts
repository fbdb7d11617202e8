import { runProgram } from '../training/runProgram.ts'
import { help, parseFlags } from './flags.ts'
import { runEmoji } from './runEmoji.ts'

/** `npm run example:emoji`: trains on a folder of pictures; see `help`. */
await runProgram({ parse: parseFlags, help, run: ({ flags, signal }) => runEmoji(flags, signal) })
