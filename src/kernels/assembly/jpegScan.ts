import { jpegBits, jpegBlocks, jpegCoefficients, jpegOrder, jpegOverrun, unitBlocks } from './jpegBlocks'
import { jpegAddRows, jpegOutput, jpegPixels, jpegFinishRows } from './jpegPixels'
import {
  across,
  blue,
  colourStride,
  components,
  down,
  height,
  jpegPlanes,
  luma,
  red,
  stride,
  unitMask,
  unitsAcross,
  unitsDown,
} from './jpegPlanes'
import { jpegAdd, jpegQueue, jpegTakeAll } from './jpegQueue'

/*
 * The one scan of a baseline JPEG: rows of blocks are read and turned into planes of samples, one a component, and each row of
 * planes into pixels while it is in the cache.
 *
 *   turned  coded bytes of a restart interval, in the opposite order, up to its end
 */

/** Multipliers of the inverse DCT by the number of a quantization table. */
const multipliers = memory.data(4 * 128, 16)

/** Scales of the fast inverse DCT, in 14 bits of fraction: rows and columns of cos(k pi / 16) times the root of 2. */
const scales = memory.data<f64>([
  1, 1.387039845322148, 1.306562964876377, 1.175875602419359, 1, 0.785694958387102, 0.541196100146197,
  0.275899379282943,
])

/** Makes the multipliers of a table of 64 bytes, as they are ordered in the file; of the exact DCT they are these. */
export function jpegQuantizers(number: i32, source: usize, isExact: bool): void {
  for (let i = 0; i < 64; i++) {
    const at = jpegOrder(i)
    const scale = load<f64>(scales + ((at >> 3) << 3)) * load<f64>(scales + ((at & 7) << 3))
    const quantizer = load<u8>(source + i)
    const value = isExact ? quantizer : (quantizer * <i32>nearest<f64>(scale * 16384) + 2048) >> 12
    store<i16>(multipliers + (number << 7) + (at << 1), value)
  }
}

/*
 * The scan that is decoded, as `jpegOpen` is told of it.
 */
let pairNumbers = 0
let interval = 0
/** Of the coded bytes that were not turned. */
let source: usize = 0
let end: usize = 0
let turned: usize = 0
let factors0: usize = 0
let factors1: usize = 0
let factors2: usize = 0

/*
 * How far it is: rows of units that are done, units left to the next restart, restarts, what the first coefficients of the
 * next blocks are added to, and where the turned bytes begin.
 */
let unitY = 0
let left = 0
let restart = 0
let start: usize = 0
let predictors0 = 0
let predictors1 = 0
let predictors2 = 0

/**
 * Begins to decode a scan. Components have numbers of quantizers, and of pairs of tables, in two bits each, from the lowest
 * on.
 *
 * @param coded the coded bytes, up to `codedEnd`
 * @param unitWidth how many blocks of brightness one of colour stands for across, and `unitHeight` down; 1 or 2
 * @param restartInterval units between restarts, 0 for none
 * @param wantedRows a byte for each row of pixels, 0 where it is not wanted; or 0 where all are
 */
export function jpegOpen(
  coded: usize,
  codedEnd: usize,
  imageWidth: i32,
  imageHeight: i32,
  componentCount: i32,
  unitWidth: i32,
  unitHeight: i32,
  quantizerNumbers: i32,
  pairs: i32,
  restartInterval: i32,
  isExact: bool,
  wantedRows: usize,
  planes: usize,
  sums: usize,
  turnedEnd: usize,
): void {
  source = coded
  end = codedEnd
  pairNumbers = pairs
  interval = restartInterval
  turned = turnedEnd
  factors0 = multipliers + ((quantizerNumbers & 3) << 7)
  factors1 = multipliers + (((quantizerNumbers >> 2) & 3) << 7)
  factors2 = multipliers + (((quantizerNumbers >> 4) & 3) << 7)
  unitY = 0
  left = 0
  restart = 0
  jpegPlanes(imageWidth, imageHeight, componentCount, unitWidth, unitHeight, planes)
  jpegPixels(wantedRows, sums)
  jpegQueue(isExact)
}

/**
 * Decodes the next row of units, and meanwhile makes the pixels of the row before it; at last only these.
 *
 * @param output of the pixels; the rows whose numbers differ in other bits than those of `mask` lie at the same place
 * @returns how many rows of pixels are there now, or -1 where anything is not as it should be; the pixels are not right then
 */
export function jpegRows(output: usize, mask: i32): i32 {
  jpegOutput(output, mask)
  const isOver = unitY == unitsDown
  if (!isOver && !decodeUnits()) return -1
  jpegFinishRows()
  if (isOver) return height
  // The last row of a unit is mixed with the first of the next.
  const there = max((unitY++ << 3) * down - (down - 1), 0)
  jpegAddRows(unitY == unitsDown ? height : (unitY << 3) * down - (down - 1))
  return there
}

/** Decodes the next row of units into their planes. */
function decodeUnits(): bool {
  for (let unitX = 0; unitX < unitsAcross; unitX++) {
    if (left == 0 && !begin(unitX + unitY == 0)) return false
    left--
    const at = luma + (unitY & unitMask) * down * 8 * stride + unitX * across * 8
    const offset = ((unitY & unitMask) << 3) * colourStride + (unitX << 3)
    // Of two units in turn.
    const first = (unitX & 1) * unitBlocks
    const chroma = first + across * down
    if (!jpegBlocks(pairNumbers & 3, first, across * down)) return false
    if (components == 3) {
      const pair1 = (pairNumbers >> 2) & 3
      const pair2 = (pairNumbers >> 4) & 3
      if (pair1 == pair2) {
        if (!jpegBlocks(pair1, chroma, 2)) return false
      } else if (!jpegBlocks(pair1, chroma, 1) || !jpegBlocks(pair2, chroma + 1, 1)) return false
    }
    if (jpegOverrun(start) > 0) return false
    jpegTakeAll()
    let number = first
    for (let v = 0; v < down; v++) {
      for (let h = 0; h < across; h++) {
        predictors0 = inverse(number++, predictors0, factors0, at + (v << 3) * stride + (h << 3), stride)
      }
    }
    if (components == 3) {
      predictors1 = inverse(chroma, predictors1, factors1, blue + offset, colourStride)
      predictors2 = inverse(chroma + 1, predictors2, factors2, red + offset, colourStride)
    }
  }
  jpegTakeAll()
  return unitY + 1 < unitsDown || (jpegOverrun(start) == 0 && load<u8>(source + 1) == 0xd9)
}

/** Begins with the first interval between restarts, or the next one. */
function begin(isFirst: bool): bool {
  if (!isFirst) {
    if (jpegOverrun(start) != 0) return false
    if (load<u8>(source + 1) != 0xd0 + (restart++ & 7)) return false
    source += 2
  }
  const stop = turn(source, end, turned)
  if (stop == 0) return false
  source = stop
  start = turned - turnedBytes
  jpegBits(turned)
  predictors0 = 0
  predictors1 = 0
  predictors2 = 0
  left = interval == 0 ? unitsAcross * unitsDown : interval
  return true
}

/** Has the samples of a block computed, and gives the predictor of the next one. */
function inverse(number: i32, predictor: i32, factors: usize, out: usize, stride: usize): i32 {
  const block = jpegCoefficients(number)
  const value = predictor + load<i16>(block)
  store<i16>(block, value)
  jpegAdd(block, factors, out, stride)
  return value
}

/** Bytes of the interval that was turned last. */
let turnedBytes: usize = 0

/**
 * Copies coded bytes up to the next marker in the opposite order, without the zeros that are stuffed in after FF.
 *
 * @param place where they end
 * @returns the place of the marker, or 0 where there is none
 */
function turn(source: usize, end: usize, place: usize): usize {
  const last = place
  const marks = i8x16.splat(-1)
  while (source + 2 <= end) {
    if (source + 16 <= end) {
      const bytes = v128.load(source)
      if (!v128.any_true(i8x16.eq(bytes, marks))) {
        place -= 16
        v128.store(place, v128.shuffle<i8>(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0))
        source += 16
        continue
      }
    }
    // Up to and with the next FF, or the end.
    while (source + 2 <= end) {
      const byte = load<u8>(source)
      source++
      store<u8>(--place, byte)
      if (byte != 0xff) continue
      if (load<u8>(source) != 0) {
        turnedBytes = last - place - 1
        return source - 1
      }
      source++
      break
    }
  }
  return 0
}
