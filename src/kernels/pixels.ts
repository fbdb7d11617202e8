/** The typed arrays whose values are numbers. */
export type PixelData =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array

/** The values of one image, row by row, the channels of a pixel side by side. */
export interface Pixels {
  readonly data: PixelData
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** What is done to each value after resizing, in float32: (value + delta - subtract) * multiply + add. */
export interface Affine {
  readonly delta: number
  /** One number a channel, as the other two. */
  readonly subtract: Float32Array
  readonly multiply: Float32Array
  readonly add: Float32Array
}
