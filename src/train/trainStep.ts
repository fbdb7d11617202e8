import * as tf from '@tensorflow/tfjs'
import type { Supervised } from './supervision.ts'

/** What a step or an evaluation measured: the loss, then the model's metrics in their order. */
export type Measures = readonly number[]

/** A step, or one that was not made because something in it was NaN or infinite. */
export interface Stepped {
  /** The loss, regularization included, and the metrics. */
  readonly measures: Measures
  /** Whether loss and outputs are finite, and the gradients where these were looked at. */
  readonly finite: boolean
}

/**
 * One training step of a compiled model: forward, backward, update. Where something is not finite there is no update, so
 * that the weights stay as they were.
 *
 * @param careful whether to look at all gradients too: losses of tfjs clip what they are given, and relu makes 0 of NaN,
 *   so that a loss may be finite where its gradients are not. It costs a pass over them.
 */
export function trainStep(model: tf.LayersModel, { xs, ys }: Supervised, careful = false): Stepped {
  return tf.tidy(() => {
    const metrics: number[] = []
    let finite = true
    const variables = model.trainableWeights
      .map((weight) => weight.read())
      .filter((value) => value instanceof tf.Variable)
    const total = (): tf.Scalar => {
      const output = outputOf(model, xs, true)
      const loss = lossOf(model, ys, output)
      finite &&= allFinite(output)
      // Read here: what is made within a gradient is freed at its end.
      metrics.push(...metricsOf(model, ys, output))
      return model.calculateLosses().reduce<tf.Scalar>((sum, part) => tf.add(sum, part), loss)
    }
    const { value, grads } = tf.variableGrads(total, variables)
    const loss = value.dataSync()[0]
    finite &&= Number.isFinite(loss) && !(careful && Object.values(grads).some((gradient) => !allFinite(gradient)))
    if (finite) model.optimizer.applyGradients(grads)
    return { measures: [loss, ...metrics], finite }
  })
}

/**
 * What a compiled model makes of a batch, without training.
 *
 * @param useOutput is handed the model's output, which is freed afterwards
 * @returns the loss, without regularization, and the metrics
 */
export function testStep(
  model: tf.LayersModel,
  { xs, ys }: Supervised,
  useOutput: (output: tf.Tensor) => void = () => undefined,
): Measures {
  return tf.tidy(() => {
    const output = outputOf(model, xs, false)
    useOutput(output)
    return [lossOf(model, ys, output).dataSync()[0], ...metricsOf(model, ys, output)]
  })
}

/** Whether all values are: where one is not, their sum is not either. */
function allFinite(values: tf.Tensor): boolean {
  return Number.isFinite(tf.sum(values).dataSync()[0])
}

function outputOf(model: tf.LayersModel, xs: readonly tf.Tensor[], training: boolean): tf.Tensor {
  return model.apply(xs.length === 1 ? xs[0] : [...xs], { training }) as tf.Tensor
}

function lossOf(model: tf.LayersModel, ys: tf.Tensor, output: tf.Tensor): tf.Scalar {
  return tf.mean(innermost(model).lossFunctions[0](targetsFor(ys, output, model), output))
}

function metricsOf(model: tf.LayersModel, ys: tf.Tensor, output: tf.Tensor): number[] {
  return model.metricsTensors.map(([metric]) => tf.mean(metric(targetsFor(ys, output, model), output)).dataSync()[0])
}

/** A sequential model hands its compilation on to one that it holds, and shows only some of it. */
function innermost(model: tf.LayersModel): tf.LayersModel {
  const { model: inner } = model as unknown as { model?: tf.LayersModel }
  return inner === undefined ? model : innermost(inner)
}

/** Targets [batch] of an output [batch, 1] as [batch, 1]: losses would make a table of all pairs of them. */
function targetsFor(ys: tf.Tensor, output: tf.Tensor, { loss }: tf.LayersModel): tf.Tensor {
  const column = ys.rank === output.rank - 1 && output.shape[output.rank - 1] === 1
  return column && typeof loss === 'string' ? ys.expandDims(-1) : ys
}
