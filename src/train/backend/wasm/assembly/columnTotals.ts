/*
 * Adds `rows` rows of `width` floats, column by column, in float64. Eight rows go at a time, so that a total is loaded and
 * stored once for them; `totals` is room for `width` doubles.
 */
export function columnTotals(values: usize, rows: i32, width: i32, totals: usize, output: usize): void {
  const rowBytes = (<usize>width) << 2
  memory.fill(totals, 0, rowBytes << 1)
  for (; rows >= 8; rows -= 8) {
    addEight(values, rowBytes, totals)
    values += rowBytes << 3
  }
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < rowBytes; at += 4) {
      const total = totals + (at << 1)
      store<f64>(total, load<f64>(total) + <f64>load<f32>(values + at))
    }
    values += rowBytes
  }
  for (let at: usize = 0; at < rowBytes; at += 4) store<f32>(output + at, <f32>load<f64>(totals + (at << 1)))
}

function addEight(values: usize, rowBytes: usize, totals: usize): void {
  const r2 = rowBytes << 1
  const r3 = r2 + rowBytes
  const r4 = rowBytes << 2
  let at: usize = 0
  for (const pairs = rowBytes & ~7; at < pairs; at += 8) {
    const upper = values + at
    const lower = upper + r4
    const total = totals + (at << 1)
    const first = f64x2.add(f64x2.add(f64x2.add(two(upper), two(upper + rowBytes)), two(upper + r2)), two(upper + r3))
    const second = f64x2.add(f64x2.add(f64x2.add(two(lower), two(lower + rowBytes)), two(lower + r2)), two(lower + r3))
    v128.store(total, f64x2.add(v128.load(total), f64x2.add(first, second)))
  }
  if (at < rowBytes) {
    const upper = values + at
    const lower = upper + r4
    const total = totals + (at << 1)
    const first = one(upper) + one(upper + rowBytes) + one(upper + r2) + one(upper + r3)
    const second = one(lower) + one(lower + rowBytes) + one(lower + r2) + one(lower + r3)
    store<f64>(total, load<f64>(total) + (first + second))
  }
}

function two(place: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(place))
}

function one(place: usize): f64 {
  return <f64>load<f32>(place)
}
