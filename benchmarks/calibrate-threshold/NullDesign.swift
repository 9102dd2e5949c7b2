extension NullCase {
  private static let slopes = [0, 0.02, 0.05, 0.1, 0.3, 1, 1.15]
  private static let noises = [0.2, 1, 3, 5, 10]
  private static let counts = [10, 15, 26, 43, 86, 132, 264]

  /// The cases that are looked at: every slope with every noise on 86 pairs, and every number of pairs with every kind of
  /// noise on flat and on rising responses at 3 %; all of these on regular and random moistures.
  ///
  /// Autocorrelated are series of 43 months or more: as moisture falls, with the seasons, and without order.
  static var design: [NullCase] {
    var cases: [NullCase] = []
    for moisture in [Moisture.regular, .random] {
      for slope in slopes {
        for noise in noises { cases.append(NullCase(slope: slope, noise: noise, moisture: moisture)) }
      }
      for slope in [0, 0.3] {
        for count in counts {
          for kind in [Noise.normal, .heavyTailed, .rising, .falling] {
            cases.append(NullCase(slope: slope, count: count, kind: kind, moisture: moisture))
          }
        }
      }
    }
    for slope in [0, 0.3] {
      for count in counts where count >= 43 {
        for moisture in [Moisture.regular, .seasonal, .random] {
          cases.append(NullCase(slope: slope, count: count, kind: .autocorrelated, moisture: moisture))
        }
      }
    }
    // 86 pairs with normal noise of 3 % are in two of the lists.
    var seen: Set<NullCase> = []
    return cases.filter { seen.insert($0).inserted }
  }

  /// The first and the last of a smaller sample.
  static var smokeDesign: [NullCase] {
    [NullCase(count: 10, kind: .heavyTailed), NullCase(count: 43, kind: .autocorrelated, moisture: .seasonal)]
  }
}
