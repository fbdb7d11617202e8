/*
 * The planes of samples of a picture, one a component, and what is known of the picture. They hold four rows of units, in turn,
 * with 16 bytes more a row: the one that is decoded, and those that the pixels of the row before need.
 *
 *   brightness | blue difference | red difference
 */

/** A mask of the numbers of rows of units that lie at different places. */
export const unitMask = 3
/** The same for rows of a component that has one row of blocks a unit. */
export const rowMask = (unitMask << 3) | 7
/** Rows of the planes of such a component: who calls the kernels has memory for them. */
export const jpegPlaneRows = rowMask + 1

export let width = 0
export let height = 0
export let components = 0
/** How many blocks of brightness one of colour stands for across and down, 1 or 2: those of a unit. */
export let across = 0
export let down = 0
export let unitsAcross = 0
export let unitsDown = 0
/** Where the planes lie, and bytes between their rows. */
export let luma: usize = 0
export let blue: usize = 0
export let red: usize = 0
export let stride: usize = 0
export let colourStride: usize = 0

/** Says of what picture the planes at a place are from now on. */
export function jpegPlanes(
  imageWidth: i32,
  imageHeight: i32,
  componentCount: i32,
  unitWidth: i32,
  unitHeight: i32,
  place: usize,
): void {
  width = imageWidth
  height = imageHeight
  components = componentCount
  across = unitWidth
  down = unitHeight
  unitsAcross = (width + 8 * across - 1) / (8 * across)
  unitsDown = (height + 8 * down - 1) / (8 * down)
  stride = unitsAcross * across * 8 + 16
  colourStride = unitsAcross * 8 + 16
  luma = place
  blue = luma + stride * (down * jpegPlaneRows)
  red = blue + colourStride * jpegPlaneRows
}
