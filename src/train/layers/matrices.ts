/*
 * Products of small row-major float64 matrices. Four rows or columns are done at a time, so that a value is loaded once
 * for them: about 1 ns for 4 products, where one at a time takes 1 ns each.
 */

/** Adds `a b` to `out`: a [rows, inner], b [inner, columns]. */
export function addProduct(
  out: Float64Array,
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  columns: number,
): void {
  const whole = inner - (inner % 4)
  for (let row = 0; row < rows; row++) {
    const to = row * columns
    const from = row * inner
    for (let k = 0; k < whole; k += 4) {
      const [a0, a1, a2, a3] = [a[from + k], a[from + k + 1], a[from + k + 2], a[from + k + 3]]
      const b0 = k * columns
      const b1 = b0 + columns
      const b2 = b1 + columns
      const b3 = b2 + columns
      for (let j = 0; j < columns; j++) {
        out[to + j] += a0 * b[b0 + j] + a1 * b[b1 + j] + (a2 * b[b2 + j] + a3 * b[b3 + j])
      }
    }
    for (let k = whole; k < inner; k++) {
      const factor = a[from + k]
      for (let j = 0; j < columns; j++) out[to + j] += factor * b[k * columns + j]
    }
  }
}

/** Writes `matrix vector` to `out`: matrix [rows, columns]. */
export function dotRows(
  out: Float64Array,
  matrix: Float64Array,
  vector: Float64Array,
  rows: number,
  columns: number,
): void {
  const whole = rows - (rows % 4)
  for (let row = 0; row < whole; row += 4) {
    const m0 = row * columns
    const m1 = m0 + columns
    const m2 = m1 + columns
    const m3 = m2 + columns
    let [s0, s1, s2, s3] = [0, 0, 0, 0]
    for (let j = 0; j < columns; j++) {
      const value = vector[j]
      s0 += matrix[m0 + j] * value
      s1 += matrix[m1 + j] * value
      s2 += matrix[m2 + j] * value
      s3 += matrix[m3 + j] * value
    }
    out[row] = s0
    out[row + 1] = s1
    out[row + 2] = s2
    out[row + 3] = s3
  }
  for (let row = whole; row < rows; row++) {
    let sum = 0
    for (let j = 0; j < columns; j++) sum += matrix[row * columns + j] * vector[j]
    out[row] = sum
  }
}

/** `aᵀ b`: a [rows, left], b [rows, right], the result [left, right]. */
export function transposedProduct(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  left: number,
  right: number,
): Float64Array {
  const out = new Float64Array(left * right)
  const whole = rows - (rows % 4)
  for (let row = 0; row < whole; row += 4) {
    const b0 = row * right
    const b1 = b0 + right
    const b2 = b1 + right
    const b3 = b2 + right
    for (let i = 0; i < left; i++) {
      const from = row * left + i
      const [a0, a1, a2, a3] = [a[from], a[from + left], a[from + 2 * left], a[from + 3 * left]]
      const to = i * right
      for (let j = 0; j < right; j++) {
        out[to + j] += a0 * b[b0 + j] + a1 * b[b1 + j] + (a2 * b[b2 + j] + a3 * b[b3 + j])
      }
    }
  }
  for (let row = whole; row < rows; row++) {
    for (let i = 0; i < left; i++) {
      const factor = a[row * left + i]
      for (let j = 0; j < right; j++) out[i * right + j] += factor * b[row * right + j]
    }
  }
  return out
}
