import { runProgram } from '../training/runProgram.ts'
import { help, parseFlags } from './flags.ts'
import { runMnist } from './runMnist.ts'

/** `npm start`: trains on MNIST; see `help`. */
await runProgram({ parse: parseFlags, help, run: ({ flags, signal }) => runMnist(flags, signal) })
