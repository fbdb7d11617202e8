import type * as tf from '@tensorflow/tfjs'

/** A layer whose random choices are keyed by the training step, as `KeyedDropout`. */
interface StepKeyedLayer {
  step: number
}

/** Tells every layer that asks for it how many steps were done. */
export function setStep(model: tf.LayersModel, step: number): void {
  for (const layer of model.layers as readonly (tf.layers.Layer | (tf.layers.Layer & StepKeyedLayer))[]) {
    if ('step' in layer) layer.step = step
    if (isModel(layer)) setStep(layer, step)
  }
}

function isModel(layer: object): layer is tf.LayersModel {
  return 'layers' in layer && Array.isArray(layer.layers)
}
