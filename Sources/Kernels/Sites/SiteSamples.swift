/// Days of a site with both soil moisture and response, in the order of time.
package struct SiteSamples: Sendable, Equatable {
  /// Numbers of the days, ascending.
  package var days: [Int]
  /// Soil moisture, in its own units.
  package var moisture: [Double]
  /// What is compared with it: the evaporative fraction.
  package var response: [Double]

  /// Samples without missing values, in the order of time.
  package init(days: [Int], moisture: [Double], response: [Double]) {
    precondition(days.count == moisture.count && days.count == response.count, "a moisture and a response a day")
    self.days = days
    self.moisture = moisture
    self.response = response
  }

  /// Calendar days from the first sample to the last; 0 without samples.
  package var span: Int { days.isEmpty ? 0 : days[days.count - 1] - days[0] + 1 }
}
