import { addProduct, transposedProduct, dotRows } from './matrices.ts'

/*
 * An LSTM over whole sequences, forward and backward, in plain loops over float64 arrays.
 *
 * tfjs makes about 30 small operations of each step of time; what they cost is the making of tensors, not arithmetic.
 * Here a batch takes two loops over time. With B sequences of T steps, I inputs and U units:
 *
 *     x        [B, T, I]
 *     kernel   [I, 4U]     recurrent [U, 4U]     bias [4U]      four gates beside each other: input, forget, cell, output
 *     gates    [B, T, 4U]  after their activations
 *     cells    [B, T, U]   the cell state after each step        hidden [B, T, U]   the output of each step
 *
 * Steps are counted in the order they are done; with `backwards` step 0 is the last in time. Where the mask is 0 a step
 * passes cell and output on as they were.
 */

/** How gates are squashed; `hardSigmoid` is what tfjs uses where nothing is said. */
export type GateActivation = 'sigmoid' | 'hardSigmoid'

/** Sizes and manner of an LSTM. */
export interface LstmShape {
  readonly batch: number
  readonly steps: number
  readonly inputs: number
  readonly units: number
  readonly activation: GateActivation
  readonly backwards: boolean
}

/** The weights, row-major. */
export interface LstmWeights {
  readonly kernel: Float64Array
  readonly recurrent: Float64Array
  readonly bias: Float64Array
}

/** What the backward pass needs of the forward pass, in the order the steps were done. */
export interface LstmTrace {
  readonly x: Float64Array
  readonly gates: Float64Array
  readonly cells: Float64Array
  readonly hidden: Float64Array
  readonly mask: Uint8Array | undefined
}

/** Gradients of the inputs, in time, and of the weights. */
export interface LstmGradients extends LstmWeights {
  readonly x: Float64Array
}

/** Runs a batch; `x` and `mask` are in the order the steps are done. */
export function lstmForward(
  shape: LstmShape,
  x: Float64Array,
  { kernel, recurrent, bias }: LstmWeights,
  mask: Uint8Array | undefined,
): LstmTrace {
  const { batch, steps, inputs, units, activation } = shape
  const width = 4 * units
  const gates = new Float64Array(batch * steps * width)
  for (let at = 0; at < gates.length; at += width) gates.set(bias, at)
  addProduct(gates, x, kernel, batch * steps, inputs, width)
  const cells = new Float64Array(batch * steps * units)
  const hidden = new Float64Array(batch * steps * units)
  const squash = activation === 'sigmoid' ? sigmoid : hardSigmoid
  for (let row = 0; row < batch; row++) {
    for (let step = 0; step < steps; step++) {
      const place = row * steps + step
      const now = place * units
      const before = step === 0 ? -1 : now - units
      if (mask?.[place] === 0) {
        if (step > 0) {
          cells.copyWithin(now, before, now)
          hidden.copyWithin(now, before, now)
        }
        continue
      }
      const z = gates.subarray(place * width, (place + 1) * width)
      if (step > 0) addProduct(z, hidden.subarray(before, now), recurrent, 1, units, width)
      for (let u = 0; u < units; u++) {
        const input = squash(z[u])
        const forget = squash(z[units + u])
        const cell = Math.tanh(z[2 * units + u])
        const output = squash(z[3 * units + u])
        const state = input * cell + (step === 0 ? 0 : forget * cells[before + u])
        z[u] = input
        z[units + u] = forget
        z[2 * units + u] = cell
        z[3 * units + u] = output
        cells[now + u] = state
        hidden[now + u] = output * Math.tanh(state)
      }
    }
  }
  return { x, gates, cells, hidden, mask }
}

/**
 * The gradients of a batch.
 *
 * @param dHidden gradient of each step's output, [B, T, U], in the order the steps were done
 */
export function lstmBackward(
  shape: LstmShape,
  { kernel, recurrent }: LstmWeights,
  trace: LstmTrace,
  dHidden: Float64Array,
): LstmGradients {
  const { batch, steps, inputs, units } = shape
  const width = 4 * units
  const dGates = new Float64Array(batch * steps * width)
  const dh = new Float64Array(units)
  const dc = new Float64Array(units)
  for (let row = 0; row < batch; row++) {
    dh.fill(0)
    dc.fill(0)
    for (let step = steps - 1; step >= 0; step--) {
      const place = row * steps + step
      const now = place * units
      for (let u = 0; u < units; u++) dh[u] += dHidden[now + u]
      if (trace.mask?.[place] === 0) continue
      const dz = dGates.subarray(place * width, (place + 1) * width)
      gateGradients(shape, trace, place, step === 0, dh, dc, dz)
      if (step > 0) dotRows(dh, recurrent, dz, units, width)
    }
  }
  const before = shifted(trace.hidden, batch, steps, units)
  const bias = new Float64Array(width)
  for (let at = 0; at < dGates.length; at += width) for (let i = 0; i < width; i++) bias[i] += dGates[at + i]
  const dx = new Float64Array(trace.x.length)
  for (let place = 0; place < batch * steps; place++) {
    const dz = dGates.subarray(place * width, (place + 1) * width)
    dotRows(dx.subarray(place * inputs, (place + 1) * inputs), kernel, dz, inputs, width)
  }
  return {
    x: dx,
    kernel: transposedProduct(trace.x, dGates, batch * steps, inputs, width),
    recurrent: transposedProduct(before, dGates, batch * steps, units, width),
    bias,
  }
}

/** Turns `dh` and `dc` of a step's end into the gradient of its gates, and `dc` into that of the cell before it. */
function gateGradients(
  { units, activation }: LstmShape,
  { gates, cells }: LstmTrace,
  place: number,
  first: boolean,
  dh: Float64Array,
  dc: Float64Array,
  dz: Float64Array,
): void {
  const slope = activation === 'sigmoid' ? sigmoidSlope : hardSigmoidSlope
  const at = place * 4 * units
  const now = place * units
  for (let u = 0; u < units; u++) {
    const input = gates[at + u]
    const forget = gates[at + units + u]
    const cell = gates[at + 2 * units + u]
    const output = gates[at + 3 * units + u]
    const squashed = Math.tanh(cells[now + u])
    const dCell = dc[u] + dh[u] * output * (1 - squashed * squashed)
    dz[u] = dCell * cell * slope(input)
    dz[units + u] = first ? 0 : dCell * cells[now - units + u] * slope(forget)
    dz[2 * units + u] = dCell * input * (1 - cell * cell)
    dz[3 * units + u] = dh[u] * squashed * slope(output)
    dc[u] = dCell * forget
  }
}

/** The output before each step: 0 before the first one of each sequence. */
function shifted(hidden: Float64Array, batch: number, steps: number, units: number): Float64Array {
  const before = new Float64Array(hidden.length)
  for (let row = 0; row < batch; row++) {
    const start = row * steps * units
    before.set(hidden.subarray(start, start + (steps - 1) * units), start + units)
  }
  return before
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x))
}

/** Of the gate after its activation. */
function sigmoidSlope(gate: number): number {
  return gate * (1 - gate)
}

function hardSigmoid(x: number): number {
  return Math.min(1, Math.max(0, 0.2 * x + 0.5))
}

function hardSigmoidSlope(gate: number): number {
  return gate > 0 && gate < 1 ? 0.2 : 0
}
