/// Means of a quantity over the members of an ensemble on either side of a soil moisture threshold.
package struct PhaseMeans: Sendable, Equatable {
  /// Mean over the members with less moisture than the threshold, in the quantity's units; NaN where there is none.
  package var low = Double.nan
  /// Mean over the members with more moisture than the threshold; NaN where there is none.
  package var high = Double.nan
  /// Members below the threshold that have the quantity.
  package var lowCount = 0
  /// Members above the threshold that have the quantity.
  package var highCount = 0

  /// Means that do not exist.
  package init() {}

  /// Low minus high; NaN where either is.
  package var difference: Double { low - high }
}

/// What the members of an ensemble are like on either side of a cell's soil moisture threshold.
///
/// Numbers that do not exist are NaN.
package struct PhaseResult: Sendable, Equatable {
  /// Members with less moisture than the threshold.
  package var lowCount = 0
  /// Members with more moisture than the threshold.
  package var highCount = 0
  /// Whether a member lies within the threshold's interval, so that its phase is not sure; nil where there is no interval.
  package var isUncertain: Bool?
  /// The quantities, in order.
  package var quantities: [PhaseMeans]
  /// Whether there are differences, and why not.
  package var status: PhaseStatus

  /// A result that has nothing but a status.
  package init(status: PhaseStatus, quantities: Int) {
    self.status = status
    self.quantities = [PhaseMeans](repeating: PhaseMeans(), count: quantities)
  }
}

/// Why a cell has differences between the phases or has none.
///
/// The raw values and names are the `flag_values` and `flag_meanings` of the CF status variable.
package enum PhaseStatus: UInt8, ResultStatus {
  /// At least one quantity has a difference.
  case computed = 0
  /// The cell is not land.
  case notLand = 1
  /// A month of the reference's moisture is missing, or months of every quantity in all members of a phase.
  case missingMonths = 2
  /// The reference's moisture is 0 or less, so percentages of it mean nothing.
  case referenceBelowFloor = 3
  /// The cell has no threshold.
  case noThreshold = 4
  /// No member has less moisture than the threshold.
  case nobodyBelow = 5
  /// No member has more moisture than the threshold.
  case nobodyAbove = 6
  /// The cell was left out by the user's selection.
  case outsideSelection = 7
  /// The season maps give the cell no growing season.
  case noSeason = 8
  /// A value is too large to be one.
  case implausibleRange = 9
}
