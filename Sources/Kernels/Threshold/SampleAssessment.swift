/// What a cell's samples tell of a bend, before and apart from any curve that is fitted to find it.
struct SampleAssessment {
  /// Numbers of a row.
  static let length = 4

  /// ``BendStatistic`` of the samples.
  var statistic: Double
  /// Probability of one as large on a straight line.
  var p: Double
  /// What the statistic has to exceed at the options' significance.
  var critical: Double
  /// ``SortedSamples/bendEvidence``.
  var evidence: Double

  /// The assessment of a cell's samples.
  ///
  /// The test's random numbers are the same with every seed: a cell that has a bend has one with all of them.
  init(_ data: FitData, cell: Int, _ options: ThresholdOptions) {
    var random = RandomSequence(seed: 0, cell: cell, purpose: .bendTest)
    let test = BendTest(data, isSeries: options.isSeries, &random)
    statistic = test.statistic
    p = test.p
    critical = test.critical(significance: options.significance)
    evidence = data.samples.bendEvidence
  }

  /// The assessment as a row.
  var numbers: [Double] { [statistic, p, critical, evidence] }

  /// The assessment of a row that begins with ``numbers``.
  init(numbers row: some Collection<Double>) {
    let numbers = Array(row.prefix(Self.length))
    (statistic, p, critical, evidence) = (numbers[0], numbers[1], numbers[2], numbers[3])
  }
}
