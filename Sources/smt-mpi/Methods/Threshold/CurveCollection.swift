import Distributed
import Foundation
import Kernels

/// Pairs and curves of the cells that the user wants to look at.
struct CurveCollection {
  /// One cell's pairs and curve.
  struct Entry: Codable {
    /// Index in the grid.
    var cell: Int
    var status: UInt8
    var smt: Double
    /// Pairs, percent of normal; NaN where missing.
    var pairX: [Double]
    var pairY: [Double]
    /// Curve on the evaluation grid: percent of normal, and its derivatives.
    var x: [Double] = []
    var f: [Double] = []
    var slope: [Double] = []
    var curvature: [Double] = []
    var smoothed: [Double] = []
    var smoothedSlope: [Double] = []
    var smoothedCurvature: [Double] = []
  }

  private let wanted: Set<Int>?
  private var entries: [Entry] = []

  /// The curves that a job wants: of its points, of all cells, or none.
  init(_ job: ThresholdJob, _ grid: Grid) {
    if !job.points.isEmpty {
      wanted = Set(job.points.map { grid.nearestCell(latitude: $0.latitude, longitude: $0.longitude).cell })
    } else {
      wanted = job.savesCurves ? nil : []
    }
  }

  /// Whether the curve of a cell is wanted.
  func wants(cell: Int) -> Bool { wanted.map { $0.contains(cell) } ?? true }

  /// Keeps a cell's pairs and curve if they are wanted.
  mutating func add(_ result: ThresholdResult, x: [Double], y: [Double], _ curve: ThresholdCurve?, cell: Int) {
    guard wants(cell: cell) else { return }
    var entry = Entry(cell: cell, status: result.status.rawValue, smt: result.smt, pairX: x, pairY: y)
    if let curve {
      (entry.x, entry.f, entry.slope, entry.curvature) = (curve.x, curve.f, curve.slope, curve.curvature)
      (entry.smoothed, entry.smoothedSlope) = (curve.smoothed, curve.smoothedSlope)
      entry.smoothedCurvature = curve.smoothedCurvature
    }
    entries.append(entry)
  }

  /// All ranks' curves on rank 0, by cell.
  ///
  /// Collective.
  func gathered(_ communicator: Communicator) throws -> [Entry] {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let bytes = try communicator.gatherBytes([UInt8](try encoder.encode(entries)))
    return try bytes.flatMap { try decoder.decode([Entry].self, from: Data($0)) }.sorted { $0.cell < $1.cell }
  }
}
