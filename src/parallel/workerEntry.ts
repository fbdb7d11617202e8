import type { MessagePort } from 'node:worker_threads'
import type { PipelineTask } from './messages.ts'

/*
 * What the threads of the pool run: the tasks of piscina, by the names that it calls them by.
 *
 * The awaits keep it from being required, which piscina tries first: a loader that lets TypeScript be required would
 * load it, and all that it imports, apart from what the user's module imports.
 */
const { PipelineProducer } = await import('./pipelineProducer.ts')
const { mapBlock } = await import('./mapBlock.ts')

/** Runs a block of a worker map. */
export const block = mapBlock

/** Begins a pipeline, which then runs for as long as somebody wants its elements. */
export function pipeline({ task, port }: { readonly task: PipelineTask; readonly port: MessagePort }): void {
  void new PipelineProducer(task, port).run()
}

/** Does nothing: a thread that comes to it runs, and has loaded what it needs. */
export function ready(): void {
  // All of it was done before.
}
