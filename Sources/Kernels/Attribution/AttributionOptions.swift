/// What the months of a cell are ranked by.
package enum SeasonBasis: String, CaseIterable, Sendable {
  /// Each year's own profile totals
  case year
  /// The mean profile total of each month over the complete years
  case climatology
}

/// Settings of the attribution; the defaults are the project's.
package struct AttributionOptions: Sendable, Equatable {
  /// What the months are ranked by.
  package var basis = SeasonBasis.year
  /// Fewest complete years, at least 3.
  package var minimumYears = 10
  /// Total moisture varies where its variance exceeds this times the square of its mean.
  package var varianceTolerance = 1e-12

  /// The defaults.
  package init() {}
}
