import { workerData, type MessagePort } from 'node:worker_threads'
import type { PipelineTask } from './messages.ts'
import { PipelineProducer } from './pipelineProducer.ts'

/** What a worker thread runs: one pipeline, until it ends or nobody wants more of it. */
const { task, port } = workerData as { task: PipelineTask; port: MessagePort }
await new PipelineProducer(task, port).run()
port.close()
