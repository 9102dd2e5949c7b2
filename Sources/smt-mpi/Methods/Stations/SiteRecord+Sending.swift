import Distributed
import Foundation

extension SiteRecord {
  /// What is sent of a record from rank to rank.
  private struct Content: Codable {
    var site: String
    var path: String
    var isMonthly: Bool
    /// Years, months and days, one after the other.
    @PackedIntegers var years: [Int]
    @PackedIntegers var months: [Int]
    @PackedIntegers var days: [Int]
    var columns: [String?]
    var concerns: [String]
    /// Values, then quality, of one series after the other.
    @PackedNumbers var numbers: [Double]
  }

  /// The record as bytes, for another rank.
  func bytes() throws -> [UInt8] {
    [UInt8](
      try JSONEncoder().encode(
        Content(
          site: site, path: path, isMonthly: step == .month, years: dates.map(\.year), months: dates.map(\.month),
          days: dates.map(\.day), columns: series.map(\.column), concerns: concerns,
          numbers: series.flatMap { $0.values + $0.quality })))
  }

  /// The record of bytes from another rank.
  init(bytes: [UInt8]) throws {
    let content = try JSONDecoder().decode(Content.self, from: Data(bytes))
    let count = content.days.count
    self.init(
      site: content.site, path: content.path, step: content.isMonthly ? .month : .day,
      dates: content.days.indices.map {
        SiteDate(year: content.years[$0], month: content.months[$0], day: content.days[$0])
      },
      series: content.columns.enumerated().map { index, column in
        let first = 2 * index * count
        return Series(
          column: column, values: Array(content.numbers[first..<first + count]),
          quality: Array(content.numbers[first + count..<first + 2 * count]))
      }, concerns: content.concerns)
  }
}
