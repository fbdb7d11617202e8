import * as tf from '@tensorflow/tfjs'
import { adamKernel, adamUpdate } from './adamUpdate.ts'
import { avgPoolGrad } from './avgPoolGrad.ts'
import { batchMatMul } from './batchMatMul.ts'
import { cast } from './cast.ts'
import { conv2dFilterGrad } from './conv2dFilterGrad.ts'
import { conv2dInputGrad } from './conv2dInputGrad.ts'
import { depthwiseFilterGrad } from './depthwiseFilterGrad.ts'
import { depthwiseInputGrad } from './depthwiseInputGrad.ts'
import { einsum } from './einsum.ts'
import { identity } from './identity.ts'
import { broughtKernels, type KernelRun } from './kernel.ts'
import { maxPoolGrad } from './maxPoolGrad.ts'
import { sum } from './sum.ts'
import { unsortedSegmentSum } from './unsortedSegmentSum.ts'

/** The kernels that training needs and the wasm backend lacks or does slowly, by their names in tfjs. */
const kernels: Readonly<Record<string, KernelRun | typeof adamUpdate>> = {
  [adamKernel]: adamUpdate,
  AvgPoolGrad: avgPoolGrad,
  BatchMatMul: batchMatMul,
  Cast: cast,
  Conv2DBackpropFilter: conv2dFilterGrad,
  Conv2DBackpropInput: conv2dInputGrad,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGrad,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGrad,
  Einsum: einsum,
  Identity: identity,
  MaxPoolGrad: maxPoolGrad,
  Sum: sum,
  UnsortedSegmentSum: unsortedSegmentSum,
}

/**
 * Registers the gradient kernels of this folder for the wasm backend; a second call does nothing.
 *
 * They are for every user of that backend in this process: tfjs has one table of kernels.
 */
export function registerKernels(): void {
  if (broughtKernels.size > 0) return
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend('wasm')) {
    broughtKernels.set(kernelName, kernelFunc as unknown as KernelRun)
  }
  for (const [kernelName, run] of Object.entries(kernels)) {
    const brought = tf.getKernel(kernelName, 'wasm') as tf.KernelConfig | undefined
    if (brought !== undefined) tf.unregisterKernel(kernelName, 'wasm')
    tf.registerKernel({ ...brought, kernelName, backendName: 'wasm', kernelFunc: run as unknown as tf.KernelFunc })
  }
}
