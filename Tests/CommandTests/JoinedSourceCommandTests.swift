import Distributed
import Foundation
import Kernels
import TestSupport
import Testing

/// Sources that join several, as commands take them.
@MainActor @Suite struct JoinedSourceCommandTests {
  private nonisolated static let (years, cells) = (2001...2012, 12)

  private nonisolated static func temperature(_ sample: TestSample) -> Double {
    sample.cell == 0 || sample.cell == 1 && sample.month == Month(year: 2004, month: 3)
      ? .nan
      : 283 + 18 * sin(0.5 * Double(sample.month.month)) + Double(sample.cell) + 0.1 * Double(sample.month.year - 2000)
  }

  private nonisolated static func humidity(_ sample: TestSample) -> Double {
    sample.cell == 2 ? .nan : 60 + 45 * cos(0.4 * Double(sample.month.index * (sample.cell + 1)))
  }

  private static let fields = [
    TestField("TSA", units: "K") { temperature($0) }, TestField("RH2M", units: "%") { humidity($0) },
    TestField("RAIN", units: "mm s-1") { 1e-5 * humidity($0) },
    TestField("TC", units: "degC") { temperature($0) - 273.15 },
    TestField("RH", units: "1") { 0.01 * humidity($0) },
  ]
  private static let record = TestEnsemble.observations(
    grid: .regular(rows: 3, columns: 4), time: TestTime(from: Month(year: years.lowerBound, month: 1), count: 12 * 12),
    fields: fields)

  private func source(_ text: String, _ folder: String) -> String {
    Self.fields.map(\.name).reduce(text) { $0.replacing("<\($1)>", with: Self.record.source($1, in: folder)) }
  }

  private func trend(_ text: String, _ folder: String, _ more: [String] = [], ranks: Int? = nil) throws -> ProgramRun {
    try run(
      ["trend", "--source", source(text, folder), "--output", "\(folder)/t.nc", "--overwrite", "--progress", "0"]
        + more,
      ranks: ranks)
  }

  /// All numbers of a variable of the maps.
  private func numbers(_ name: String, _ folder: String) throws -> [Double] {
    let file = try NetCDFFile("\(folder)/t.nc")
    let variable = try file.requiredVariable(name)
    return try file.values(variable).map(try StoredValues(variable, in: file).value)
  }

  private func value(_ field: Int, _ month: Int, _ cell: Int) -> Double {
    Self.record.expected(
      Self.fields[field], month: Month(index: Month(year: Self.years.lowerBound, month: 1).index + month), cell: cell)
  }

  @Test func vapourPressureDeficitIsThatOfEachMonth() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      var all: [[UInt64]] = []
      for ranks in [1, 2, 3, 5] {
        for plan in ReadPlan.allCases {
          let done = try trend("vpd(<TSA>; <RH2M>)", folder, ["--read-plan", plan.rawValue], ranks: ranks)
          #expect(done.status == 0, "\(done.standardError)")
          all.append(
            try ["mean", "status", "sen_slope", "trend_p"].flatMap { try numbers($0, folder).map(\.bitPattern) })
        }
      }
      #expect(Set(all).count == 1)
      let (mean, status) = (try numbers("mean", folder), try numbers("status", folder))
      let file = try NetCDFFile("\(folder)/t.nc")
      #expect(file.text("units", of: try file.requiredVariable("mean")) == "Pa")
      // Cells without either are no land.
      #expect(status[0] == 1 && status[2] == 1)
      for cell in [1, 3, 7, 11] {
        let yearly = (0..<12).filter { cell != 1 || $0 != 3 }.map { year in
          var (sum, days) = (0.0, 0.0)
          for month in 0..<12 {
            let place = Month(year: Self.years.lowerBound + year, month: month + 1)
            let length = Double(ModelCalendar.standard.dayCount(of: place))
            let humidity = min(max(value(1, 12 * year + month, cell), 0), 100)
            let saturation = VapourPressure.saturation(temperature: value(0, 12 * year + month, cell) - 273.15)
            sum += length * saturation * (1 - humidity / 100)
            days += length
          }
          return sum / days
        }
        let expected = yearly.reduce(0, +) / Double(yearly.count)
        #expect(abs(mean[cell] / expected - 1) < 1e-6, "cell \(cell): \(mean[cell]), expected \(expected)")
      }
    }
  }

  @Test func unitsOfTemperatureAndHumidityAreUnderstood() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      #expect(try trend("vpd(<TSA>; <RH2M>)", folder).status == 0)
      let expected = try numbers("mean", folder)
      let done = try trend("vpd(<TC>; <RH>)", folder)
      #expect(done.status == 0, "\(done.standardError)")
      for (found, other) in zip(try numbers("mean", folder), expected) {
        #expect(found.isNaN && other.isNaN || abs(found / other - 1) < 1e-4)
      }
      #expect(expected.contains { $0 > 100 })
    }
  }

  @Test func dryRunAndReportNameTheRecords() throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let dry = try trend("vpd(<TSA>; <RH2M>)", folder, ["--dry-run"])
      for word in ["source 1:", "source 2:", "vpd(", "144 files"] {
        #expect(dry.standardOutput.contains(word), "\(dry)")
      }
      let done = try trend("<RAIN> * 86400", folder, ["--report", "\(folder)/r.json"], ranks: 2)
      #expect(done.status == 0, "\(done.standardError)")
      let report = try String(contentsOfFile: "\(folder)/r.json", encoding: .utf8)
      #expect(report.contains("\"source\"") && !report.contains("source 1"))
    }
  }

  @Test(arguments: [
    ("vpd(<TSA>; <RAIN>)", 65, ["'mm s-1'", "% or 1"]), ("vpd(<RAIN>; <RH2M>)", 65, ["'mm s-1'", "K or degC"]),
    ("<TSA> - <RH2M>", 65, ["'K'", "'%'"]), ("vpd(<TSA>; 50)", 65, ["number"]),
    ("vdp(<TSA>; <RH2M>)", 64, ["vdp", "vpd(temperature; relative humidity)"]),
    ("vpd(<TSA>; <RH2M>", 64, ["closing bracket"]), ("vpd(<TSA>)", 64, ["1 argument"]),
    ("<TSA> - nothing/*.nc:TSA", 66, ["nothing/*.nc"]), ("<TSA> - <NONE>", 64, ["<NONE>"]),
  ])
  func wrongInputIsOneMessage(text: String, status: Int, words: [String]) throws {
    try withTemporaryFolder { folder in
      try Self.record.write(to: folder)
      let done = try trend(text, folder)
      #expect(done.status == Int32(status), "\(done.standardError)")
      for word in words { #expect(done.standardError.contains(word), "\(done.standardError)") }
      #expect(done.standardError.split(separator: "\n").count { $0.hasPrefix("error:") } == 1, "\(done.standardError)")
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/t.nc"))
    }
  }
}
