import Distributed

/// Shares of cells, and of their area, whose trend falls, is fast or is significant: by Sen's slope with the Mann–Kendall
/// test, and by least squares.
struct TrendShares: SummaryPart {
  /// A slope with its test.
  private struct Method {
    let key: String
    let label: String
    let slope: String
    let p: String
  }

  private static let methods = [
    Method(key: "sen", label: "by Sen's slope and Mann-Kendall", slope: "sen_slope", p: "mk_p"),
    Method(key: "least_squares", label: "by least squares", slope: "trend", p: "trend_p"),
  ]
  /// What is asked of a cell; nil where it cannot be told.
  private static let conditions:
    [(key: String, text: String, holds: @Sendable (_ slope: Double, _ p: Double) -> Bool?)] = [
      ("declining", "declining", { slope, _ in slope.isFinite ? slope < 0 : nil }),
      ("below_minus_2", "below -2", { slope, _ in slope.isFinite ? slope < -2 : nil }),
      ("above_2", "above +2", { slope, _ in slope.isFinite ? slope > 2 : nil }),
      ("significant", "significant at 0.05", { _, p in p.isFinite ? p < 0.05 : nil }),
      ("significant_declining", "significant and declining", { slope, p in p.isFinite ? p < 0.05 && slope < 0 : nil }),
    ]

  let period: Int
  /// The quantities whose means are the shares.
  let fields: [SummaryField]
  private let name: String
  private let units: String

  /// The shares of a period, each of the cells that have the numbers for it.
  init<Analysis: YearlyMethod>(_ results: MethodResults<Analysis>, of method: Analysis, period: Int) {
    let rows = results.rows
    let name = method.periods.names[period]
    fields = Self.methods.flatMap { method in
      let (slope, p) = (rows.place(method.slope, period: period), rows.place(method.p, period: period))
      return Self.conditions.map { condition in
        SummaryField(name: Self.name(name, method, condition.key)) {
          condition.holds($0[slope], $0[p]).map { $0 ? 1 : 0 } ?? .nan
        }
      }
    }
    self.period = period
    self.name = name
    units = rows.column("trend").units
  }

  private static func name(_ period: String, _ method: Method, _ condition: String) -> String {
    "\(period)_share_\(condition)_\(method.key)"
  }

  /// Adds a line for each method, and the numbers of the report.
  func describe(_ means: SummaryMeans, _ summary: inout Summary) {
    for method in Self.methods {
      let shares = Self.conditions.map { condition in
        let key = Self.name(name, method, condition.key)
        let share = means[key]
        summary.add("\(key)_area", share.area)
        summary.add("\(key)_cells", share.cells)
        let texts = [share.area, share.cells].map { numberText(100 * $0, "%.2f %%") }
        return "\(condition.text) \(texts[0]) (\(texts[1]))"
      }
      summary.add(line: "\(method.label), \(units): " + shares.joined(separator: ", "))
    }
  }
}
