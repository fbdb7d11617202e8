import { runProgram } from '../training/runProgram.ts'
import { help, parseFlags } from './flags.ts'
import { runInceptionV3 } from './runInceptionV3.ts'

/** `npm run example:inceptionv3`: trains the last layer of Inception-v3 for other classes; see `help`. */
await runProgram({ parse: parseFlags, help, run: ({ flags, signal }) => runInceptionV3(flags, signal) })
