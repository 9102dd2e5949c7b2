import RealModule

/// Minimum of a function of one variable by golden sections, to the precision that its values allow.
func goldenSection(from lower: Double, to upper: Double, _ f: (Double) -> Double) -> Double {
  let ratio = (Double.sqrt(5) - 1) / 2
  var (a, b) = (lower, upper)
  var (c, d) = (b - ratio * (b - a), a + ratio * (b - a))
  var (fc, fd) = (f(c), f(d))
  for _ in 0..<80 {
    if fc <= fd {
      (b, d, fd) = (d, c, fc)
      c = b - ratio * (b - a)
      fc = f(c)
    } else {
      (a, c, fc) = (c, d, fd)
      d = a + ratio * (b - a)
      fd = f(d)
    }
  }
  return fc <= fd ? c : d
}

/// Minimum of a function of two variables near a start (Nelder & Mead 1965), deterministic.
func nelderMead(
  start: SIMD2<Double>, size: SIMD2<Double>, _ f: (SIMD2<Double>) -> Double
) -> SIMD2<Double> {
  var best = start
  // A second simplex around the first result frees one that has collapsed early.
  for round in 0..<3 {
    let scale = round == 0 ? 1.0 : 0.1
    var simplex = [best, best + SIMD2(size.x * scale, 0), best + SIMD2(0, size.y * scale)].map { (x: $0, f: f($0)) }
    for _ in 0..<300 {
      simplex.sort { $0.f < $1.f }
      let centre = (simplex[0].x + simplex[1].x) / 2
      let worst = simplex[2]
      func at(_ t: Double) -> (x: SIMD2<Double>, f: Double) {
        let x = centre + t * (worst.x - centre)
        return (x, f(x))
      }
      let reflected = at(-1)
      if reflected.f < simplex[0].f {
        let expanded = at(-2)
        simplex[2] = expanded.f < reflected.f ? expanded : reflected
      } else if reflected.f < simplex[1].f {
        simplex[2] = reflected
      } else {
        let contracted = reflected.f < worst.f ? at(-0.5) : at(0.5)
        if contracted.f < min(reflected.f, worst.f) {
          simplex[2] = contracted
        } else {
          for i in 1...2 {
            let x = (simplex[0].x + simplex[i].x) / 2
            simplex[i] = (x, f(x))
          }
        }
      }
    }
    best = simplex.min { $0.f < $1.f }?.x ?? best
  }
  return best
}
