import { isThenable, type Cursor } from '../core/cursor.ts'
import { errorClasses, FailedPreconditionError, messageOf, MillraceError, UnknownError } from '../core/errors.ts'
import { checkSamePlan, planText } from '../core/planText.ts'
import { runOptionsOf } from '../core/runOptions.ts'
import { openPlan, runningPlan, type Source } from '../core/stage.ts'
import { elementSize } from '../ndarray/elementSize.ts'
import { tunedRun } from '../tuning/tunedRun.ts'
import type { PipelineTask } from './messages.ts'
import { unpackElement } from './packedElement.ts'
import { importFunction } from './workerFunction.ts'

/**
 * Builds the dataset of a task, in whichever thread this runs, and tells its plan.
 *
 * @throws NotFoundError where the module or the export does not exist
 * @throws FailedPreconditionError where it returns no Dataset, or another one than the state was saved by
 * @throws UnknownError where the function throws; a named error keeps its class
 */
export async function buildPlan(
  task: Pick<PipelineTask, 'module' | 'exportName' | 'args' | 'state' | 'shard'>,
  tell: (plan: readonly string[]) => void,
): Promise<Source> {
  const { module, exportName, state, shard } = task
  const args = [...task.args.map(unpackElement), ...(shard === undefined ? [] : [shard])]
  const build = (await importFunction(module, exportName)) as (...args: unknown[]) => unknown
  const source = await call(build, args, `fromWorkers: ${exportName} of ${module}`)
  const plan = planText(source.node)
  tell(plan)
  if (state !== undefined) checkSamePlan('fromWorkers', state.plan, plan)
  return source
}

/** Opens a cursor on the dataset of a task, where its state says; it is tuned, and its memory bounded, as the plan says. */
export function openTask(
  task: Pick<PipelineTask, 'seed' | 'epoch' | 'state'>,
  source: Source,
  signal: AbortSignal,
): Cursor<unknown> {
  const tuned = tunedRun(runOptionsOf(source.node), { now: () => performance.now(), sizeOf: elementSize })
  return openPlan(runningPlan(source), { seed: task.seed, epoch: task.epoch, signal, ...tuned }, task.state?.upstream)
}

async function call(build: (...args: unknown[]) => unknown, args: unknown[], who: string): Promise<Source> {
  let built
  try {
    const returned = build(...args)
    built = isThenable(returned) ? await returned : returned
  } catch (error) {
    const Class = error instanceof MillraceError ? (errorClasses[error.name] ?? UnknownError) : UnknownError
    throw new Class(`${who} threw: ${messageOf(error)}`, { cause: error })
  }
  if (typeof built === 'object' && built !== null && 'node' in built) return built as Source
  throw new FailedPreconditionError(`${who} did not return a Dataset.`, {
    hint: 'It must return one, or a promise of one.',
  })
}
