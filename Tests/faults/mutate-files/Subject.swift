import Distributed
import Foundation
import ONNXModel
import TestSupport

/// Files of one layout, and a command that reads them.
struct Subject {
  var name: String
  /// The folder of the undamaged files.
  var folder: String
  /// Names of the files that are damaged, one at a time.
  var victims: [String]
  /// The command line; `@` stands for the folder of the files, the output is added.
  var arguments: [String]
  /// What the command writes maps to; nil where it prints.
  var writesMaps = true
  /// Whether it can go without MPI and without computing.
  var hasDryRun = true

  /// Writes the files of all subjects below a folder.
  ///
  /// `program` is run for maps to compare.
  @MainActor
  static func make(in root: String, program: (_ arguments: [String]) throws -> Void) throws -> [Subject] {
    let formats: [(String, NetCDFFormat, TestStorage.Chunks)] = [
      ("classic", .classic, .wholeField), ("64-bit offset", .offset64, .wholeField), ("CDF-5", .data64, .wholeField),
      ("netCDF-4 contiguous", .netCDF4, .contiguous), ("netCDF-4 deflated", .netCDF4, .wholeField),
      ("netCDF-4 tiles", .netCDF4Classic, .tiles(time: 4, horizontal: [2, 3])),
    ]
    var subjects: [Subject] = []
    for (index, (format, number, chunks)) in formats.enumerated() {
      let grid = TestGrid.regular(rows: 4, columns: 6)
      let moisture = [0, 1].map { layer in
        TestField("SM\(layer)", units: "kg m-2") { wave($0, 20 + 30 * layer) }
      }
      let response = TestField("GPP", units: "gC/m^2/day") { 0.1 * wave($0, 31) }
      var files = TestEnsemble(
        grid: grid, time: TestTime(from: Month(year: 2001, month: 1), count: 36), fields: moisture + [response],
        members: ["REF", "EXP_01", "EXP_02", "EXP_03"])
      files.storage.format = number
      files.storage.chunks = chunks
      if index == 3 {
        files.storage.packing = .int16(scale: 0.01, offset: 0)
        files.storage.fill = -9999
      }
      let folder = "\(root)/\(index)"
      try files.write(to: folder)
      var image = TestGeoTIFF { _, row, column in row > 0 && column != 2 ? 1 : -1 }
      (image.rows, image.columns, image.type, image.noData) = (4, 6, .int16, "-1")
      (image.scale, image.tiePoints) = ([60, 40, 0], [0, 0, 0, 0, 80, 0])
      (image.isBigTIFF, image.isBigEndian, image.tile) = (index == 1, index == 2, index < 3 ? nil : (16, 16))
      image.compression = TestGeoTIFF.Compression.allCases[index % 4]
      try image.write(to: "\(folder)/land.tif")
      var style = ZarrStyle()
      (style.chunks, style.isDeflated, style.isConsolidated) = ([7, 3, 4], index % 2 == 0, index % 3 == 0)
      try writeZarr(from: "\(folder)/REF.nc", to: "\(folder)/REF.zarr", style)
      try Data(ONNXFile.write(model())).write(to: URL(fileURLWithPath: "\(folder)/network.onnx"))
      let layers = ["--moisture", "@/REF.nc:SM0,SM1", "--layer-bounds", "0,1,2"]
      let years = ["--minimum-years", "3"]
      let threshold = [
        "threshold", "--members", "REF,EXP_01..EXP_03", "--response", "@/{member}.nc:GPP", "--moisture",
        "@/{member}.nc:SM0", "--model", "quadratic", "--minimum-pairs", "3", "--minimum-span", "5",
      ]
      try program(
        threshold.map { $0.replacingOccurrences(of: "@", with: folder) } + ["--output", "\(folder)/map.nc"])
      let commands: [(String, [String], [String])] = [
        ("threshold", ["EXP_01.nc", "REF.nc"], threshold),
        ("trend", ["REF.nc"], ["trend", "--source", "@/REF.nc:SM0"] + years),
        ("attribute", ["REF.nc"], ["attribute"] + layers + years),
        ("correlate", ["REF.nc", "EXP_01.nc"], ["correlate"] + layers + ["--response", "@/EXP_01.nc:GPP"] + years),
        ("mask", ["map.nc"], ["trend", "--source", "@/REF.nc:SM0", "--mask", "@/map.nc:status"] + years),
        (
          "model", ["network.onnx"],
          ["respire", "apply", "--model", "@/network.onnx", "--predictor", "A=@/REF.nc:SM0", "--predictor"]
            + ["B=@/REF.nc:SM1@month=12", "--period", "2001-2003"]
        ),
        (
          "Zarr",
          (style.isConsolidated ? [".zmetadata"] : ["SM0/.zarray", "SM0/.zattrs", "time/.zattrs", "lat/.zarray"])
            .map { "REF.zarr/" + $0 } + ["REF.zarr/SM0/1.0.0", "REF.zarr/time/0"],
          ["trend", "--source", "@/REF.zarr:SM0"] + years
        ),
        ("GeoTIFF", ["land.tif"], ["trend", "--source", "@/REF.nc:SM0", "--mask", "@/land.tif:1"] + years),
      ]
      subjects += commands.map {
        Subject(name: "\($0.0), \(format)", folder: folder, victims: $0.1, arguments: $0.2)
      }
      subjects.append(
        Subject(
          name: "compare, \(format)", folder: folder, victims: ["map.nc"],
          arguments: ["compare", "@/map.nc:n_pairs", "@/map.nc:n_pairs", "--json"], writesMaps: false, hasDryRun: false)
      )
    }
    return subjects
  }

  /// A small network of windows with everything that a file says.
  private static func model() throws -> WindowModel {
    let filters = [4, 3]
    let count = 9 * 2 * 4 + 4 + 9 * 4 * 3 + 3 + 3 + 1
    return try WindowModel(
      channels: 2, window: 3, filters: filters, parameters: (0..<count).map { Float($0 * 7919 % 997) / 997 - 0.4 },
      offsets: [30, 55], scales: [10, 8],
      metadata: [
        "predictor_names": "[\"A\",\"B\"]", "predictor_units": "[\"kg m-2\",\"kg m-2\"]",
        "predictor_statistics": "[\"mean\",\"month=12\"]", "predictor_minima": "[10,30]", "predictor_maxima": "[60,90]",
        "target_name": "RECO", "target_units": "kg m-2 year-1", "experiment": "CNN1", "split": "cluster",
        "edge": "centre",
      ])
  }

  private static func wave(_ sample: TestSample, _ period: Int) -> Double {
    let phase = Double(sample.month.index % period) + 0.1 * Double(sample.cell) + Double(sample.member)
    return 40 - 4 * Double(sample.member) + 10 * sin(phase) + 0.01 * Double(sample.month.index % 997)
  }
}
