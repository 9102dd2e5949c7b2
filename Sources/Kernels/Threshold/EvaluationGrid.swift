/// Points from `lowest` up to `highest`, `step` apart; the last is at most `highest`.
///
/// A rounding error of a part in 10⁹ of a step does not cost the last point.
public func evaluationGrid(from lowest: Double, to highest: Double, step: Double) -> [Double] {
  let count = Int(((highest - lowest) / step + 1e-9).rounded(.down)) + 1
  return (0..<max(count, 0)).map { lowest + Double($0) * step }
}
