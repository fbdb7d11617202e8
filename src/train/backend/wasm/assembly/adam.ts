/*
 * One update by Adam of `values` weights, two at a time and in float64 as in the plain loop: to the same bits. A last odd
 * one is left to that.
 */
export function adam(
  weight: usize,
  gradient: usize,
  mean: usize,
  square: usize,
  newWeight: usize,
  newMean: usize,
  newSquare: usize,
  values: i32,
  beta1: f64,
  beta2: f64,
  rate: f64,
  epsilon: f64,
): void {
  const decay1 = f64x2.splat(beta1)
  const decay2 = f64x2.splat(beta2)
  const gain1 = f64x2.splat(1 - beta1)
  const gain2 = f64x2.splat(1 - beta2)
  const step = f64x2.splat(rate)
  const least = f64x2.splat(epsilon)
  const end = ((<usize>values) & ~1) << 2
  for (let at: usize = 0; at < end; at += 8) {
    const g = floats(gradient + at)
    const first = f64x2.add(f64x2.mul(floats(mean + at), decay1), f64x2.mul(g, gain1))
    const second = f64x2.add(f64x2.mul(floats(square + at), decay2), f64x2.mul(f64x2.mul(g, g), gain2))
    const change = f64x2.div(f64x2.mul(step, first), f64x2.add(f64x2.sqrt(second), least))
    keep(newMean + at, first)
    keep(newSquare + at, second)
    keep(newWeight + at, f64x2.sub(floats(weight + at), change))
  }
}

/** Two floats as doubles. */
function floats(place: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(place))
}

function keep(place: usize, values: v128): void {
  v128.store64_lane(place, f32x4.demote_f64x2_zero(values), 0)
}
