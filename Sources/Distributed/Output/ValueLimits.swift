extension ClosedRange<Double> {
  /// The attributes that tell limits of values, of which one may be infinite: `valid_range`, `valid_min` or `valid_max`.
  var limits: [(name: String, numbers: [Double])] {
    switch (lowerBound.isFinite, upperBound.isFinite) {
    case (true, true): [("valid_range", [lowerBound, upperBound])]
    case (true, false): [("valid_min", [lowerBound])]
    case (false, true): [("valid_max", [upperBound])]
    case (false, false): []
    }
  }
}
