import { runProgram } from '../training/runProgram.ts'
import { help, parseFlags } from './flags.ts'
import { runMobilenet } from './runMobilenet.ts'

/** `npm run example:mobilenet`: MobileNetV2 learns other classes; see `help`. */
await runProgram({ parse: parseFlags, help, run: ({ flags, signal }) => runMobilenet(flags, signal) })
